/**
 * Does what was decided about a cron workflow.
 */
import { assertNever } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, keyOf } from '@argosy/kube';

import { WORKFLOWS, type Workflow } from '../api/kinds.ts';
import type { CronAction } from './decide.ts';

/** What came of an action. `refused`: the cluster will not have the run, and would not later either. */
export type CronOutcome =
  | { readonly kind: 'done' }
  /** A run that is there now, whether by this attempt or an earlier one. */
  | { readonly kind: 'created'; readonly run: Workflow }
  | { readonly kind: 'refused'; readonly message: string };

const DONE: CronOutcome = { kind: 'done' };

/** Acts. Throws what may go away by itself. */
export const actOnCronWorkflow = async (
  client: Client,
  action: CronAction,
  namespace: string | undefined,
): Promise<CronOutcome> => {
  switch (action.kind) {
    case 'createRun':
      return createRun(client, action);
    case 'terminateRun':
      return terminateRun(client, { namespace, name: action.name });
    case 'deleteRun':
      try {
        await client.delete(
          WORKFLOWS,
          { namespace, name: action.name },
          { propagationPolicy: 'Background', ...(action.uid ? { preconditions: { uid: action.uid } } : {}) },
        );
      } catch (thrown) {
        if (!isApiError(thrown, 'NotFound', 'Conflict')) throw thrown;
      }
      return DONE;
    default:
      return assertNever(action);
  }
};

const createRun = async (
  client: Client,
  { workflow }: Extract<CronAction, { kind: 'createRun' }>,
): Promise<CronOutcome> => {
  try {
    return { kind: 'created', run: await client.create(WORKFLOWS, workflow) };
  } catch (thrown) {
    if (isApiError(thrown, 'AlreadyExists'))
      return { kind: 'created', run: await client.get(WORKFLOWS, keyOf(workflow)) };
    if (isApiError(thrown, 'Invalid', 'BadRequest', 'Forbidden')) return { kind: 'refused', message: thrown.message };
    throw thrown;
  }
};

const terminateRun = async (
  client: Client,
  key: { readonly namespace: string | undefined; readonly name: string },
): Promise<CronOutcome> => {
  try {
    await client.patch(WORKFLOWS, key, { kind: 'merge', patch: { spec: { shutdown: 'Terminate' } } });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
  return DONE;
};
