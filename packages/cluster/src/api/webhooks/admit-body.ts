/**
 * What webhooks and policies say of a body that is not kept: it is created for another object.
 */
import type { WriteOptions } from '@argosy/client';
import type { KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { ApiContext } from '../api-context.ts';

/** The body as webhooks have changed it. Throws what they refuse it with. */
export const admitBody = async <T extends KubeObject>(
  { webhooks, caller }: Pick<ApiContext, 'webhooks' | 'caller'>,
  kind: ServedKind,
  of: {
    readonly object: T;
    /** Absent where a kind is only created and never kept. */
    readonly subresource?: string;
    readonly options: Pick<WriteOptions, 'dryRun' | 'onWarning'>;
  },
): Promise<T> => {
  const { object, subresource, options } = of;
  const target = {
    kind,
    operation: 'CREATE' as const,
    object,
    before: undefined,
    ...(subresource ? { subresource } : {}),
  };
  if (!webhooks.concern(target)) return object;
  const occasion = { dryRun: options.dryRun ?? false, caller, warn: options.onWarning };
  // Who changes a body leaves it of its kind, or what reads it refuses it.
  const changed = (await webhooks.mutate(target, occasion)) as T;
  await webhooks.validate({ ...target, object: changed }, occasion);
  return changed;
};
