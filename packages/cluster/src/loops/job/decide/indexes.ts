/**
 * Numbers of an Indexed job's pods. Pure.
 */
import type { Job, Pod } from '@argosy/kube';

/** Annotation and label with the index of a pod of an Indexed job. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';

/** Whether each pod of a job has a number of its own. */
export const isIndexed = (job: Job): boolean => job.spec?.completionMode === 'Indexed';

/** The pod's index; `undefined` for pods of other jobs and ones that are no number. */
export const indexOf = (pod: Pod): number | undefined => {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
};

/** Writes indexes as ranges: `0-2,5`. */
export const formatIndexes = (indexes: readonly number[]): string => {
  const ranges: [number, number][] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last && last[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  return ranges
    .map(([from, to]) => (from === to ? String(from) : to === from + 1 ? `${from},${to}` : `${from}-${to}`))
    .join(',');
};

/** Reads them, below `limit`; what is no range is left out. */
export const parseIndexes = (text: string | undefined, limit: number): readonly number[] =>
  (text ?? '').split(',').flatMap((part) => {
    const found = /^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part.trim());
    if (!found) return [];
    const from = Number(found[1]);
    const to = Math.min(Number(found[2] ?? found[1]), limit - 1);
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
  });

/** In order, each once. */
export const sortedIndexes = (indexes: readonly number[]): readonly number[] =>
  [...new Set(indexes)].toSorted((left, right) => left - right);
