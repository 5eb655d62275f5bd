/**
 * Applications, what is wrong first, each with its reason.
 */
import type { ReactElement } from 'react';

import { age, field, list, text } from './fields.ts';
import { keyOf, type LiveObject } from './live.ts';
import { ExplainedRow, Section } from './section.tsx';
import { StateMark } from './state-mark.tsx';

const HEADS = ['Name', 'Health', 'Sync', 'Revision', 'Source', 'Last sync'];

/** The section. */
export const Applications = (props: {
  readonly applications: readonly LiveObject[];
  readonly ready: boolean;
  readonly now: number;
}): ReactElement => (
  <Section
    title="Applications"
    count={props.applications.length}
    ready={props.ready}
    heads={HEADS}
    empty={
      <>
        No application follows a repository yet. Apply one: <code>kubectl apply -f examples/application.yaml</code>
      </>
    }
  >
    {[...props.applications]
      .sort((left, right) => urgency(right) - urgency(left))
      .map((application) => (
        <ApplicationRow key={keyOf(application)} application={application} now={props.now} />
      ))}
  </Section>
);

const ApplicationRow = ({
  application,
  now,
}: {
  readonly application: LiveObject;
  readonly now: number;
}): ReactElement => {
  const { spec, status } = application;
  const operation = field(status, 'operationState');
  const source = field(spec, 'source');
  return (
    <ExplainedRow columns={HEADS.length} reason={reasonOf(application)}>
      <td className="name">{keyOf(application)}</td>
      <td>
        <StateMark state={text(field(status, 'health'), 'status') || 'Unknown'} />
      </td>
      <td>
        <StateMark state={text(field(status, 'sync'), 'status') || 'Unknown'} />
      </td>
      <td className="mono">{text(field(status, 'sync'), 'revision').slice(0, 7)}</td>
      <td className="dim">
        {text(source, 'repoURL')} <span className="mono">{text(source, 'path')}</span>
      </td>
      <td className="dim">
        {text(operation, 'phase')} {age(text(operation, 'finishedAt') || text(operation, 'startedAt'), now)}
      </td>
    </ExplainedRow>
  );
};

const WORST_LAST = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Unknown', 'Degraded'];

const urgency = ({ status }: LiveObject): number =>
  WORST_LAST.indexOf(text(field(status, 'health'), 'status') || 'Unknown') * 2 +
  (text(field(status, 'sync'), 'status') === 'Synced' ? 0 : 1);

const reasonOf = ({ status }: LiveObject): string => {
  const conditions = list(status, 'conditions')
    .map((condition) => text(condition, 'message'))
    .join(' ');
  const operation = field(status, 'operationState');
  const running = ['Running', 'Failed', 'Error'].includes(text(operation, 'phase')) ? text(operation, 'message') : '';
  return conditions || running || text(field(status, 'health'), 'message');
};
