/**
 * Admission by others: webhooks that change an object, then those that judge it.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go
 */
import { messageOf, type Logger, type Random } from '@argosy/base';
import {
  ApiStatusError,
  applyJsonPatch,
  MASTERS,
  STATUS_CODES,
  type Caller,
  type KubeObject,
  type StatusReason,
} from '@argosy/kube';

import type { Store } from '../../store/store.ts';
import { callWebhook, type WebhookAnswer } from './call-webhook.ts';
import {
  concerns,
  matchesRules,
  type Webhook,
  type WebhookConfiguration,
  type WebhookTarget,
} from './webhook-configuration.ts';

/** Asks webhooks. */
export interface Webhooks {
  /** Whether any webhook concerns this; most often there is none, and nothing else need be done. */
  concern(target: Omit<WebhookTarget, 'namespace'>): boolean;
  /** The object as the changing webhooks leave it. Throws Forbidden or what a webhook says, InternalError. */
  mutate(target: Omit<WebhookTarget, 'namespace'>, occasion: WebhookOccasion): Promise<KubeObject>;
  /** Throws when a judging webhook denies. */
  validate(target: Omit<WebhookTarget, 'namespace'>, occasion: WebhookOccasion): Promise<void>;
}

/** What webhooks are told besides the objects. */
export interface WebhookOccasion {
  readonly dryRun: boolean;
  /** On whose behalf; absent for programs of this process. */
  readonly caller: Caller | undefined;
}

const [MUTATING, VALIDATING] = ['mutating', 'validating'].map(
  (kind) => `admissionregistration.k8s.io/${kind}webhookconfigurations`,
) as [string, string];
/** Programs of this process. */
const OURSELVES: Caller = { username: 'system:apiserver', groups: [MASTERS] };

/** Creates them over the configurations in the store. */
export const createWebhooks = (deps: {
  readonly store: Store;
  readonly random: Random;
  readonly log: Logger;
}): Webhooks => {
  const { store } = deps;
  const complete = (target: Omit<WebhookTarget, 'namespace'>): WebhookTarget => {
    const name = (target.object ?? target.before)?.metadata.namespace;
    return { ...target, namespace: name ? store.get('/namespaces', { name }) : undefined };
  };
  const all = (resource: string): readonly Webhook[] =>
    (store.list(resource).items as readonly WebhookConfiguration[]).flatMap(({ webhooks = [] }) => webhooks);
  const find = (resource: string, target: WebhookTarget): readonly Webhook[] =>
    all(resource).filter((webhook) => concerns(webhook, target));
  const ask = async (
    webhook: Webhook,
    target: WebhookTarget,
    { dryRun, caller = OURSELVES }: WebhookOccasion,
  ): Promise<WebhookAnswer | undefined> => {
    if (dryRun && !['None', 'NoneOnDryRun'].includes(webhook.sideEffects ?? ''))
      throw new ApiStatusError(
        'BadRequest',
        `admission webhook ${JSON.stringify(webhook.name)} does not support dry run`,
      );
    try {
      const uid = deps.random.uuid();
      return await callWebhook(store, webhook, reviewOf(target, { uid, caller, dryRun }));
    } catch (thrown) {
      const why = `failed calling webhook ${JSON.stringify(webhook.name)}: ${messageOf(thrown)}`;
      if (webhook.failurePolicy !== 'Ignore')
        throw new ApiStatusError('InternalError', `Internal error occurred: ${why}`);
      deps.log.warn('webhook ignored, as its failurePolicy says', { why });
      return undefined;
    }
  };
  return {
    concern: (given) => {
      // What configures webhooks is not subject to them: nobody could take back a mistake.
      if (given.kind.group === 'admissionregistration.k8s.io') return false;
      if (store.count(MUTATING) + store.count(VALIDATING) === 0) return false;
      return [...all(MUTATING), ...all(VALIDATING)].some((webhook) => matchesRules(webhook, given));
    },
    mutate: async (given, occasion) => {
      let { object } = given;
      const run = async (webhook: Webhook): Promise<boolean> => {
        const target = complete({ ...given, object });
        const answer = await ask(webhook, target, occasion);
        if (!answer) return false;
        if (!answer.allowed) throw denied(webhook, answer);
        const changed = answer.patch && object ? patched(webhook, object, answer.patch) : object;
        const hasChanged = changed !== object;
        object = changed;
        return hasChanged;
      };
      const webhooks = find(MUTATING, complete(given));
      const changes: boolean[] = [];
      for (const webhook of webhooks) changes.push(await run(webhook));
      // Who wants to see what those after it have done is asked once more.
      for (const [at, webhook] of webhooks.entries())
        if (webhook.reinvocationPolicy === 'IfNeeded' && changes.slice(at + 1).some(Boolean)) await run(webhook);
      return object ?? given.before ?? EMPTY;
    },
    validate: async (given, occasion) => {
      const target = complete(given);
      await Promise.all(
        find(VALIDATING, target).map(async (webhook) => {
          const answer = await ask(webhook, target, occasion);
          if (answer && !answer.allowed) throw denied(webhook, answer);
        }),
      );
    },
  };
};

const EMPTY: KubeObject = { apiVersion: '', kind: '', metadata: {} };

const reviewOf = (
  target: WebhookTarget,
  of: { readonly uid: string; readonly caller: Caller; readonly dryRun: boolean },
): Readonly<Record<string, unknown>> => {
  const { group, version, kind, plural } = target.kind;
  const { name = '', namespace } = (target.object ?? target.before)?.metadata ?? {};
  return {
    uid: of.uid,
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    requestKind: { group, version, kind },
    requestResource: { group, version, resource: plural },
    ...(target.subresource ? { subResource: target.subresource, requestSubResource: target.subresource } : {}),
    name,
    ...(namespace ? { namespace } : {}),
    operation: target.operation,
    userInfo: of.caller,
    object: target.operation === 'DELETE' ? null : (target.object ?? null),
    oldObject: target.before ?? null,
    dryRun: of.dryRun,
    options: null,
  };
};

const denied = (webhook: Webhook, answer: WebhookAnswer): ApiStatusError => {
  const known = Object.entries(STATUS_CODES).find(([, code]) => code === answer.code)?.[0] as StatusReason | undefined;
  const given =
    answer.reason !== undefined && Object.hasOwn(STATUS_CODES, answer.reason)
      ? (answer.reason as StatusReason)
      : undefined;
  const said = answer.message ?? answer.reason;
  const message = `admission webhook ${JSON.stringify(webhook.name)} denied the request${said ? `: ${said}` : ' without explanation'}`;
  return new ApiStatusError(given ?? known ?? 'Forbidden', message, undefined, answer.code);
};

const patched = (webhook: Webhook, object: KubeObject, patch: string): KubeObject => {
  let operations: unknown;
  try {
    operations = JSON.parse(Buffer.from(patch, 'base64').toString('utf8'));
  } catch {
    throw badPatch(webhook, 'it is no JSON');
  }
  if (!Array.isArray(operations)) throw badPatch(webhook, 'it is no list of operations');
  const result = applyJsonPatch(object, operations as readonly Readonly<Record<string, unknown>>[]);
  if (!result.ok) throw badPatch(webhook, result.error);
  return result.value as KubeObject;
};

const badPatch = (webhook: Webhook, why: string): ApiStatusError =>
  new ApiStatusError(
    'InternalError',
    `Internal error occurred: patch of webhook ${JSON.stringify(webhook.name)} cannot be applied: ${why}`,
  );
