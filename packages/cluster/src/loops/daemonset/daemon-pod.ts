/**
 * The pod a DaemonSet has on a node, and whether it should have one there.
 * @upstream kubernetes pkg/controller/daemon/util/daemonset_util.go
 */
import { isObject } from '@argosy/base';
import type { DaemonSet, KubeObject, Pod } from '@argosy/kube';

import { matchesNodeSelection } from '../../scheduling/placement/node-terms.ts';
import { untoleratedTaint } from '../../scheduling/placement/taints.ts';
import { REVISION_HASH } from '../history/revisions.ts';
import { podFromTemplate } from '../pod-from-template.ts';

/** What every daemon puts up with: trouble of a node is no reason for it to go. */
const TOLERATIONS = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
] as const;

/** The pod for a node. The scheduler binds it, but nowhere else. Pure. */
export const daemonPod = (set: DaemonSet, node: string, hash: string): Pod => {
  const template = set.spec?.template ?? { spec: { containers: [] } };
  const pod = podFromTemplate(set, template, { labels: { [REVISION_HASH]: hash } });
  const given = template.spec['tolerations'];
  const affinity = isObject(template.spec['affinity']) ? template.spec['affinity'] : {};
  const ofNode = isObject(affinity['nodeAffinity']) ? affinity['nodeAffinity'] : {};
  const only = [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }];
  const nodeAffinity = { ...ofNode, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: only } };
  return {
    ...pod,
    spec: {
      ...template.spec,
      affinity: { ...affinity, nodeAffinity },
      tolerations: [...(Array.isArray(given) ? (given as readonly unknown[]) : []), ...TOLERATIONS],
    },
  };
};

/** The node a daemon's pod is on, or is meant for. */
export const nodeOf = (pod: Pod): string | undefined => {
  if (pod.spec?.nodeName) return pod.spec.nodeName;
  const affinity = pod.spec?.['affinity'] as
    | {
        readonly nodeAffinity?: {
          readonly requiredDuringSchedulingIgnoredDuringExecution?: {
            readonly nodeSelectorTerms?: readonly {
              readonly matchFields?: readonly { readonly key: string; readonly values?: readonly string[] }[];
            }[];
          };
        };
      }
    | undefined;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  return terms.flatMap((term) => term.matchFields ?? []).find(({ key }) => key === 'metadata.name')?.values?.[0];
};

/** Whether a new pod belongs on a node, and whether one that is there may stay. Pure. */
export const assessNode = (
  set: DaemonSet,
  node: KubeObject,
): { readonly shouldRun: boolean; readonly mayStay: boolean } => {
  const probe = daemonPod(set, node.metadata.name ?? '', '');
  const template = set.spec?.template.spec ?? { containers: [] };
  const selects = matchesNodeSelection({ ...probe, spec: template }, node);
  return {
    shouldRun: selects && untoleratedTaint(probe, node, ['NoSchedule', 'NoExecute']) === undefined,
    mayStay: selects && untoleratedTaint(probe, node, ['NoExecute']) === undefined,
  };
};
