/**
 * Flow schemas and priority levels as every cluster shows them. Requests are not queued by them here: the server answers
 * one machine.
 */
import { DEFAULT_FLOW_SCHEMAS, DEFAULT_PRIORITY_LEVELS, isApiError, type KubeObject } from '@argosy/kube';

import { kindOf, type ApiContext } from '../api-context.ts';
import { createObject } from '../writes/create-object.ts';

/** Makes what is missing. */
export const ensureDefaultFlowControl = async (context: ApiContext): Promise<void> => {
  const ensure = async (resource: string, object: KubeObject): Promise<void> => {
    const kind = kindOf(context, { group: 'flowcontrol.apiserver.k8s.io', version: 'v1', resource });
    if (context.store.get(kind.storage, { name: object.metadata.name ?? '' })) return;
    await createObject(context, kind, { object }).catch((thrown: unknown) => {
      if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    });
  };
  await Promise.all([
    ...DEFAULT_PRIORITY_LEVELS.map((level) => ensure('prioritylevelconfigurations', level)),
    ...DEFAULT_FLOW_SCHEMAS.map((schema) => ensure('flowschemas', schema)),
  ]);
};
