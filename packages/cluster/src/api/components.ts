/**
 * The parts of a cluster beside this server, as `kubectl get componentstatuses` shows them.
 * @upstream kubernetes pkg/registry/core/componentstatus
 */
import { messageOf } from '@argosy/base';
import type { ComponentStatus } from '@argosy/kube';

import type { Store } from '../store/store.ts';

/** What runs beside the server, by the names users know. */
export type ComponentName = 'controller-manager' | 'scheduler';

/** How the parts are. */
export interface Components {
  /** Takes a part for well from now on, until what it is doing ends. */
  runs(name: ComponentName, work: Promise<unknown>): void;
  /** All parts as objects. */
  statuses(): readonly ComponentStatus[];
}

/** Creates the record; parts nobody has started do not run. */
export const createComponents = (store: Pick<Store, 'failure'>): Components => {
  const problems = new Map<ComponentName, string | undefined>();
  const problemOf = (name: ComponentName): string | undefined =>
    problems.has(name) ? problems.get(name) : 'it does not run beside this server';
  return {
    runs: (name, work) => {
      problems.set(name, undefined);
      work.then(
        () => problems.set(name, 'it has ended'),
        (thrown: unknown) => problems.set(name, `it has failed: ${messageOf(thrown)}`),
      );
    },
    statuses: () => [
      statusOf('controller-manager', problemOf('controller-manager')),
      statusOf('scheduler', problemOf('scheduler')),
      // The store stands where upstream has etcd. What fails there is for the log.
      statusOf('etcd-0', store.failure && 'it cannot be written'),
    ],
  };
};

const statusOf = (name: string, problem: string | undefined): ComponentStatus => ({
  apiVersion: 'v1',
  kind: 'ComponentStatus',
  metadata: { name },
  conditions: [{ type: 'Healthy', status: problem === undefined ? 'True' : 'False', message: problem ?? 'ok' }],
});
