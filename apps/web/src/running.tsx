/**
 * What runs: workflows, event sources and sensors, deployments, pods.
 */
import type { ReactElement } from 'react';

import { age, field, list, number, text } from './fields.ts';
import { keyOf, type LiveObject } from './live.ts';
import { ExplainedRow, Section } from './section.tsx';
import { StateMark } from './state-mark.tsx';

interface Shown {
  readonly objects: readonly LiveObject[];
  readonly ready: boolean;
  readonly now: number;
}

/** Workflows, newest first. */
export const Workflows = ({ objects, ready, now }: Shown): ReactElement => (
  <Section
    title="Workflows"
    count={objects.length}
    ready={ready}
    heads={['Name', 'Phase', 'Progress', 'Message', 'Age']}
    empty={
      <>
        No workflow was submitted yet. Submit one: <code>argosy submit FILE --wait</code>
      </>
    }
  >
    <tbody>
      {newestFirst(objects).map((workflow) => (
        <tr key={keyOf(workflow)}>
          <td className="name">{keyOf(workflow)}</td>
          <td>
            <StateMark state={text(workflow.status, 'phase') || 'Pending'} />
          </td>
          <td>{text(workflow.status, 'progress')}</td>
          <td className="dim">{text(workflow.status, 'message')}</td>
          <td className="dim">{age(workflow.metadata.creationTimestamp, now)}</td>
        </tr>
      ))}
    </tbody>
  </Section>
);

/** Event sources and sensors, with what keeps them from being ready. */
export const Events = ({ objects, ready, now }: Shown): ReactElement => (
  <Section
    title="Events"
    count={objects.length}
    ready={ready}
    heads={['Name', 'Kind', 'State', 'Age']}
    empty="No event source and no sensor is here yet: nothing waits for the world."
  >
    {objects.map((object) => {
      const broken = list(object.status, 'conditions').find((condition) => text(condition, 'status') === 'False');
      const isReady = list(object.status, 'conditions').length > 0 && !broken;
      return (
        <ExplainedRow key={`${object.kind} ${keyOf(object)}`} columns={4} reason={text(broken, 'message')}>
          <td className="name">{keyOf(object)}</td>
          <td className="dim">{object.kind === 'EventSource' ? 'event source' : 'sensor'}</td>
          <td>
            <StateMark state={broken ? 'Failed' : isReady ? 'Ready' : 'Pending'} />
          </td>
          <td className="dim">{age(object.metadata.creationTimestamp, now)}</td>
        </ExplainedRow>
      );
    })}
  </Section>
);

/** Deployments. */
export const Deployments = ({ objects, ready, now }: Shown): ReactElement => (
  <Section
    title="Deployments"
    count={objects.length}
    ready={ready}
    heads={['Name', 'State', 'Pods', 'Image', 'Age']}
    empty="Nothing is deployed yet."
  >
    <tbody>
      {objects.map((deployment) => {
        const wanted = number(deployment.spec, 'replicas', 1);
        const available = number(deployment.status, 'availableReplicas', 0);
        const containers = list(field(field(deployment.spec, 'template'), 'spec'), 'containers');
        return (
          <tr key={keyOf(deployment)}>
            <td className="name">{keyOf(deployment)}</td>
            <td>
              <StateMark state={available >= wanted ? 'Healthy' : 'Progressing'} />
            </td>
            <td>
              {available} of {wanted}
            </td>
            <td className="dim mono">{containers.map((container) => text(container, 'image')).join(', ')}</td>
            <td className="dim">{age(deployment.metadata.creationTimestamp, now)}</td>
          </tr>
        );
      })}
    </tbody>
  </Section>
);

/** Pods. */
export const Pods = ({ objects, ready, now }: Shown): ReactElement => (
  <Section
    title="Pods"
    count={objects.length}
    ready={ready}
    heads={['Name', 'Phase', 'Address', 'Age']}
    empty="No pod runs."
  >
    <tbody>
      {newestFirst(objects).map((pod) => (
        <tr key={keyOf(pod)}>
          <td className="name">{keyOf(pod)}</td>
          <td>
            <StateMark state={text(pod.status, 'phase') || 'Pending'} />
          </td>
          <td className="dim mono">{text(pod.status, 'podIP')}</td>
          <td className="dim">{age(pod.metadata.creationTimestamp, now)}</td>
        </tr>
      ))}
    </tbody>
  </Section>
);

const newestFirst = (objects: readonly LiveObject[]): readonly LiveObject[] =>
  objects.toSorted((left, right) =>
    (right.metadata.creationTimestamp ?? '').localeCompare(left.metadata.creationTimestamp ?? ''),
  );
