/**
 * Progress `N/M`: one per executable node unless it says otherwise; parents sum their children. @spec WF-EST-02, WF-EST-03
 */
import type { NodeStatus } from '../api/kinds.ts';

/** Whether a text is progress. As upstream, a numerator that is no number counts as 0. */
export const isProgress = (text: string): boolean => {
  const parts = text.split('/');
  if (parts.length !== 2) return false;
  const [done, total] = [toCount(parts[0]), toCount(parts[1])];
  return total > 0 && done >= 0 && done <= total;
};

const toCount = (text: string | undefined): number =>
  text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : 0;

/** Adds two progresses. */
export const addProgress = (left: string, right: string): string => {
  const [a = '0', b = '0'] = left.split('/');
  const [c = '0', d = '0'] = right.split('/');
  return `${toCount(a) + toCount(c)}/${toCount(b) + toCount(d)}`;
};

/** All of it done. */
export const completeProgress = (progress: string): string => {
  const total = progress.split('/')[1] ?? '1';
  return `${total}/${total}`;
};

/** Whether nodes of a type count. */
export const countsForProgress = (type: string | undefined): boolean =>
  type === 'Pod' || type === 'Container' || type === 'HTTP' || type === 'Plugin' || type === 'Suspend';

/** Progress of one executable node. */
const progressOfLeaf = (node: Pick<NodeStatus, 'phase' | 'progress'>): string => {
  const own = node.progress !== undefined && isProgress(node.progress) ? node.progress : '0/1';
  return node.phase === 'Succeeded' ? completeProgress(own) : own;
};

/** Sum over the executable nodes of a workflow. Attempts before the last count too, as upstream's do. */
export const progressOfNodes = (nodes: Iterable<Pick<NodeStatus, 'phase' | 'progress' | 'type'>>): string => {
  let [done, total] = [0, 0];
  for (const node of nodes) {
    if (!countsForProgress(node.type)) continue;
    const [a = '0', b = '0'] = progressOfLeaf(node).split('/');
    done += toCount(a);
    total += toCount(b);
  }
  return `${done}/${total}`;
};
