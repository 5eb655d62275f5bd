/**
 * The two priority classes every cluster brings, above all that users may make.
 * @upstream kubernetes pkg/apis/scheduling/v1/helpers.go
 */
import { isApiError, type PriorityClass } from '@argosy/kube';

import { kindOf, type ApiContext } from '../api-context.ts';
import { createObject } from '../writes/create-object.ts';

const CLASSES = [
  { name: 'system-cluster-critical', value: 2_000_000_000, description: 'Of the cluster itself, on whichever node.' },
  { name: 'system-node-critical', value: 2_000_001_000, description: 'Of a node itself: it cannot go to another.' },
] as const;

/** Makes what is missing. */
export const ensureDefaultPriorityClasses = async (context: ApiContext): Promise<void> => {
  const kind = kindOf(context, { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' });
  const ensure = async ({ name, value, description }: (typeof CLASSES)[number]): Promise<void> => {
    if (context.store.get(kind.storage, { name })) return;
    const object: PriorityClass = {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
      description,
    };
    await createObject(context, kind, { object }).catch((thrown: unknown) => {
      if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    });
  };
  await Promise.all(CLASSES.map(ensure));
};
