/**
 * Rollouts: their phase, how the traffic is split, and what the analysis says.
 */
import type { ReactElement } from 'react';

import { age, field, list, number, text } from './fields.ts';
import { keyOf, type LiveObject } from './live.ts';
import { ExplainedRow, Section } from './section.tsx';
import { StateMark } from './state-mark.tsx';

const HEADS = ['Name', 'Phase', 'Step', 'Traffic to the new version', 'Analysis', 'Pods', 'Age'];

/** The section. */
export const Rollouts = (props: {
  readonly rollouts: readonly LiveObject[];
  readonly runs: readonly LiveObject[];
  readonly ready: boolean;
  readonly now: number;
}): ReactElement => (
  <Section
    title="Rollouts"
    count={props.rollouts.length}
    ready={props.ready}
    heads={HEADS}
    empty="No rollout is here yet. A Rollout takes the place of a Deployment and goes to a new version step by step."
  >
    {props.rollouts.map((rollout) => (
      <RolloutRow key={keyOf(rollout)} rollout={rollout} runs={props.runs} now={props.now} />
    ))}
  </Section>
);

const RolloutRow = ({
  rollout,
  runs,
  now,
}: {
  readonly rollout: LiveObject;
  readonly runs: readonly LiveObject[];
  readonly now: number;
}): ReactElement => {
  const { spec, status } = rollout;
  const canary = field(field(spec, 'strategy'), 'canary');
  const steps = list(canary, 'steps').length;
  const phase = text(status, 'phase') || 'Progressing';
  return (
    <ExplainedRow columns={HEADS.length} reason={phase === 'Healthy' ? '' : text(status, 'message')}>
      <td className="name">{keyOf(rollout)}</td>
      <td>
        <StateMark state={phase} />
      </td>
      <td>{steps > 0 ? `${number(status, 'currentStepIndex', 0)} of ${steps}` : ''}</td>
      <td>
        <Share percent={shareOf(rollout)} />
      </td>
      <td>
        <LatestRun rollout={rollout} runs={runs} />
      </td>
      <td>
        {number(status, 'availableReplicas', 0)} of {number(spec, 'replicas', 1)}
      </td>
      <td className="dim">{age(rollout.metadata.creationTimestamp, now)}</td>
    </ExplainedRow>
  );
};

/** The share of the new version: all of it once it is the stable one. */
const shareOf = ({ status }: LiveObject): number => {
  const current = text(status, 'currentPodHash');
  if (current !== '' && text(status, 'stableRS') === current) return 100;
  const weights = field(field(status, 'canary'), 'weights');
  const canary = number(field(weights, 'canary'), 'weight', 0);
  const total = canary + number(field(weights, 'stable'), 'weight', 100 - canary);
  return total === 0 ? 0 : Math.round((canary / total) * 100);
};

const Share = ({ percent }: { readonly percent: number }): ReactElement => (
  <span className="share">
    <span className="bar" aria-hidden="true">
      <span style={{ width: `${percent}%` }} />
    </span>
    {percent} %
  </span>
);

const LatestRun = ({
  rollout,
  runs,
}: {
  readonly rollout: LiveObject;
  readonly runs: readonly LiveObject[];
}): ReactElement => {
  const hash = text(rollout.status, 'currentPodHash');
  const latest = runs
    .filter(
      ({ metadata }) =>
        metadata.namespace === rollout.metadata.namespace && metadata.labels?.['rollouts-pod-template-hash'] === hash,
    )
    .toSorted((left, right) =>
      (left.metadata.creationTimestamp ?? '').localeCompare(right.metadata.creationTimestamp ?? ''),
    )
    .at(-1);
  return latest ? <StateMark state={text(latest.status, 'phase') || 'Pending'} /> : <span className="dim">none</span>;
};
