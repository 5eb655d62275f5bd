/**
 * The end of daemons: when the template around them is done. @spec WF-SIDE-02
 */
import { podNameOf } from '../../nodes/node-names.ts';
import type { Run } from '../run.ts';
import { setPhase, updateNode } from '../run-nodes.ts';

/** Ends the daemons that belong to a boundary. */
export const stopDaemons = (run: Run, boundaryId: string): void => {
  for (const node of run.nodes.values()) {
    if (node.boundaryID !== boundaryId || node.daemoned !== true) continue;
    const name = podNameOf(run.name, node.name, node.templateRef?.template ?? node.templateName ?? '');
    if (node.type === 'Pod') run.actions.push({ kind: 'deletePod', name });
    setPhase(run, updateNode(run, node, { daemoned: undefined }), 'Succeeded');
  }
};
