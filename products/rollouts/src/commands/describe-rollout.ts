/**
 * A rollout as `rollout get` shows it: a header and a tree of revisions. Pure. @spec RO-CLI-02, RO-CLI-03
 */
import type { Instant } from '@argosy/base';
import type { Job, Pod, ReplicaSet } from '@argosy/kube';

import type { AnalysisRun } from '../api/analysis.ts';
import { replicasOf } from '../api/defaults.ts';
import type { Rollout } from '../api/rollout.ts';
import { shownPhaseOf } from '../rollout/phase.ts';
import { hashOf } from '../rollout/revisions.ts';
import { withIcon } from './status-icons.ts';
import { inColumns } from './columns.ts';
import { actualWeightOf, stepText, wantedWeightOf } from './canary-progress.ts';
import { tagsOf } from './revision-tags.ts';
import { treeOf } from './revision-tree.ts';

/** A rollout and all it owns. */
export interface RolloutFamily {
  readonly rollout: Rollout;
  readonly sets: readonly ReplicaSet[];
  readonly runs: readonly AnalysisRun[];
  readonly pods: readonly Pod[];
  readonly jobs: readonly Job[];
}

/** The lines to print. */
export const describeRollout = (family: RolloutFamily, now: Instant): readonly string[] => [
  ...headerOf(family),
  '',
  ...inColumns([['NAME', 'KIND', 'STATUS', 'AGE', 'INFO'], ...treeOf(family, now)]),
];

const headerOf = (family: RolloutFamily): readonly string[] => {
  const { rollout, sets } = family;
  const { phase, message } = shownPhaseOf(rollout);
  const field = (name: string, value: string | number): string => `${`${name}:`.padEnd(17)}${value}`;
  const canary = rollout.spec?.strategy?.canary;
  const newSet = sets.find((set) => hashOf(set) === rollout.status?.currentPodHash);
  const canaryLines = canary
    ? [
        ...(stepText(rollout) ? [field('  Step', stepText(rollout))] : []),
        field('  SetWeight', wantedWeightOf(rollout)),
        field('  ActualWeight', actualWeightOf(rollout, newSet?.status?.availableReplicas ?? 0)),
      ]
    : [];
  const status = rollout.status ?? {};
  return [
    field('Name', rollout.metadata.name ?? ''),
    field('Namespace', rollout.metadata.namespace ?? ''),
    field('Status', withIcon(phase)),
    ...(message ? [field('Message', message)] : []),
    field('Strategy', canary ? 'Canary' : 'BlueGreen'),
    ...canaryLines,
    ...imagesOf(family).map((image, index) => field(index === 0 ? 'Images' : '', image).replace(/^:/, ' ')),
    'Replicas:',
    field('  Desired', replicasOf(rollout.spec)),
    field('  Current', status.replicas ?? 0),
    field('  Updated', status.updatedReplicas ?? 0),
    field('  Ready', status.readyReplicas ?? 0),
    field('  Available', status.availableReplicas ?? 0),
  ];
};

const imagesOf = ({ rollout, sets }: RolloutFamily): readonly string[] => {
  const tags = new Map<string, Set<string>>();
  for (const set of sets.filter((one) => (one.status?.replicas ?? 0) > 0)) {
    for (const { image } of set.spec?.template.spec.containers ?? []) {
      const known = tags.get(image ?? '') ?? new Set<string>();
      for (const tag of tagsOf(rollout, set)) known.add(tag);
      tags.set(image ?? '', known);
    }
  }
  return [...tags].map(([image, of]) => (of.size > 0 ? `${image} (${[...of].join(', ')})` : image));
};
