/**
 * One change of an object that is there, whatever decides it: prepare, admit, validate, then one conditional write.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go#Update
 */
import { isEqual, toTimestamp } from '@argosy/base';
import type { WriteOptions } from '@argosy/client';
import { ApiStatusError, conflict, notFound, type KubeObject, type ObjectKey } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { StoreWrite } from '../../store/store.ts';
import { admitChange } from '../admission/admit-change.ts';
import { admitNode } from '../admission/admit-node.ts';
import { admitSecurity } from '../admission/admit-security.ts';
import { resourceName, type ApiContext } from '../api-context.ts';
import { changeConverted } from '../conversion/change-converted.ts';
import { withOwners } from '../metadata/managed-object.ts';
import { comparedWith, isFinished, nextObject } from './next-object.ts';
import type { ConvertedAnswers } from '../metadata/owners-in-versions.ts';
import { scopedKey, shownObject } from '../reads/read-objects.ts';
import { served } from '../reads/served-object.ts';
import type { AddressedService } from '../service-addresses.ts';
import { admittedView } from '../webhooks/admitted-view.ts';
import { toStored, validate, withAddress, withDefaults, withManagedFields } from './written-object.ts';

/** A change of one object. */
export interface ObjectChange {
  readonly key: ObjectKey;
  readonly options: WriteOptions;
  /** Decides from the newest state, perhaps several times; the same object back leaves everything as it is. */
  readonly change: (current: KubeObject) => KubeObject;
  /** The change has recorded the owners of fields itself. */
  readonly isApply?: boolean;
}

/** Changes an object, asking webhooks where some are concerned. Throws NotFound, Conflict, Invalid. */
export const changeObject = async (
  context: ApiContext,
  kind: ServedKind,
  request: ObjectChange,
): Promise<KubeObject> => {
  const { options, isApply = false } = request;
  checkSubresource(kind, options);
  const key = scopedKey(kind, request.key);
  if (context.webhooks.concern(changeTarget(kind, context.store.get(kind.storage, key), options)))
    return changeWithWebhooks(context, kind, { ...request, key });
  return changeAlone(context, kind, { ...request, key, options, isApply });
};

/** How often a change is asked of webhooks anew because the object changed meanwhile. */
const WEBHOOK_ATTEMPTS = 5;

const changeTarget = (kind: ServedKind, before: KubeObject | undefined, { subresource }: WriteOptions) => ({
  kind,
  operation: 'UPDATE' as const,
  object: before,
  before,
  ...(subresource ? { subresource } : {}),
});

/** Webhooks take time: what they agreed to is written only if the object is still the one they saw. */
const changeWithWebhooks = async (
  context: ApiContext,
  kind: ServedKind,
  request: ObjectChange,
): Promise<KubeObject> => {
  const { options, key } = request;
  const dryRun = options.dryRun ?? false;
  const view = admittedView(kind, options.subresource);
  for (let attempt = 1; ; attempt += 1) {
    const seen = context.store.get(kind.storage, key);
    if (!seen) throw notFound(resourceName(kind), key.name);
    const before = await shownObject(context, kind, seen);
    const proposed = await changeAlone(context, kind, {
      ...request,
      options: { ...options, dryRun: true, onWarning: undefined },
    });
    const target = { ...changeTarget(kind, view.of(before), options), object: view.of(proposed) };
    const changed = await context.webhooks.mutate(target, {
      dryRun,
      caller: context.caller,
      warn: options.onWarning,
    });
    const mutated = withDefaults(kind, view.changed(proposed, changed));
    validate(kind, mutated, comparedWith(before, mutated, options));
    await context.webhooks.validate(
      { ...target, object: view.of(mutated) },
      { dryRun, caller: context.caller, warn: options.onWarning },
    );
    try {
      const { resourceVersion } = seen.metadata;
      const change = (current: KubeObject): KubeObject => {
        if (current.metadata.resourceVersion !== resourceVersion) throw new ObjectMoved();
        return { ...mutated, metadata: { ...mutated.metadata, resourceVersion } };
      };
      return await changeAlone(context, kind, { ...request, change });
    } catch (thrown) {
      if (!(thrown instanceof ObjectMoved)) throw thrown;
      if (attempt >= WEBHOOK_ATTEMPTS)
        throw conflict(
          resourceName(kind),
          key.name,
          'the object has been modified; please apply your changes to the latest version and try again',
        );
    }
  }
};

/** The object is no longer what webhooks were asked about. */
class ObjectMoved extends Error {}

/** Changes an object without asking webhooks. */
export const changeAlone = async (
  context: ApiContext,
  kind: ServedKind,
  request: ObjectChange,
): Promise<KubeObject> => {
  const { options, key, isApply = false } = request;
  let addressed: AddressedService | undefined;
  const answers: ConvertedAnswers = [];
  const next = (current: KubeObject): StoreWrite => {
    const given = request.change(current);
    if (given === current) return { kind: 'keep', object: current };
    const now = toTimestamp(context.clock.now());
    const admitted = options.subresource ? given : admitChange(context, kind, { changed: given, current });
    const updated = nextObject(kind, { current, given: admitted, options, now });
    const owned =
      isApply || options.subresource === 'binding'
        ? withManagedFields(updated, given.metadata.managedFields)
        : withOwners(context, kind, { live: current, updated, options, answers });
    addressed = withAddress(context, kind, owned);
    const changed = addressed.object;
    if (isEqual(changed, current)) return { kind: 'keep', object: current };
    context.permissions?.checkGrant(context.caller, kind, { object: changed, before: current });
    const { subresource } = options;
    admitNode(context, kind, { operation: 'UPDATE', object: changed, before: current, subresource });
    validate(kind, changed, comparedWith(current, changed, options));
    if (!subresource) for (const text of kind.strategy.warn?.(changed) ?? []) options.onWarning?.(text);
    admitSecurity(context, kind, { object: changed, before: current, options });
    return { kind: isFinished(kind, changed) ? 'remove' : 'put', object: changed };
  };
  const decide = (stored: KubeObject | undefined): StoreWrite => {
    if (!stored) throw notFound(resourceName(kind), key.name);
    const { kind: write, object } = next(served(kind, stored));
    return write === 'keep' ? { kind: 'keep', object: stored } : { kind: write, object: toStored(kind, object) };
  };
  try {
    if (kind.conversion) return await changeConverted(context, kind, { key, dryRun: options.dryRun ?? false, next });
    if (options.dryRun) return served(kind, decide(context.store.get(kind.storage, key)).object);
    return served(kind, await context.store.write(kind.storage, key, decide));
  } finally {
    addressed?.release();
  }
};

const checkSubresource = (kind: ServedKind, options: WriteOptions): void => {
  if (options.subresource === 'status' && !kind.statusSubresource)
    throw new ApiStatusError('NotFound', 'the server could not find the requested resource');
};
