/**
 * Admission by others: webhooks that change an object, then policies and webhooks that judge it.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go
 */
import { Failure, messageOf, type JsonObject, type Logger, type Random } from '@argosy/base';
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
import type { AdmissionPolicies } from '../policies/admission-policies.ts';
import { REQUEST_VARIABLES } from '../policies/compile-policy.ts';
import type { ConditionLanguage } from '../policies/condition-language.ts';
import { allHold, compileConditions, type CompiledCondition } from '../policies/match-conditions.ts';
import { describeRequest } from './admission-request.ts';
import { callWebhook, type WebhookAnswer } from './call-webhook.ts';
import type { EquivalentKinds } from './equivalent-kinds.ts';
import {
  meantKind,
  meantTarget,
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
  /** Hears sentences for the user that refuse nothing. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** A webhook, and the request as it wants to see it. */
interface MeantWebhook {
  readonly webhook: Webhook;
  readonly seen: WebhookTarget;
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
  readonly policies: AdmissionPolicies;
  readonly equivalents: EquivalentKinds;
  /** Of match conditions; without it they were refused. */
  readonly language: ConditionLanguage | undefined;
}): Webhooks => {
  const { store, policies, equivalents } = deps;
  const conditions = createConditions(deps.language);
  const complete = (target: Omit<WebhookTarget, 'namespace'>): WebhookTarget => {
    const name = (target.object ?? target.before)?.metadata.namespace;
    return { ...target, namespace: name ? store.get('/namespaces', { name }) : undefined };
  };
  const all = (resource: string): readonly Webhook[] =>
    (store.list(resource).items as readonly WebhookConfiguration[]).flatMap(({ webhooks = [] }) => webhooks);
  const find = async (resource: string, target: WebhookTarget): Promise<readonly MeantWebhook[]> => {
    const found: MeantWebhook[] = [];
    for (const webhook of all(resource)) {
      const seen = await meantTarget(webhook, target, equivalents);
      if (seen) found.push({ webhook, seen });
    }
    return found;
  };
  /** What cannot be told or reached is an error, or as if nobody had asked: the webhook says which. */
  const orIgnored = async <T>(webhook: Webhook, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (thrown) {
      const why = `failed calling webhook ${JSON.stringify(webhook.name)}: ${messageOf(thrown)}`;
      if (webhook.failurePolicy !== 'Ignore')
        throw new ApiStatusError('InternalError', `Internal error occurred: ${why}`);
      deps.log.warn('webhook ignored, as its failurePolicy says', { why });
      return undefined;
    }
  };
  const ask = async (
    webhook: Webhook,
    target: WebhookTarget,
    { dryRun, caller = OURSELVES, warn }: WebhookOccasion,
  ): Promise<WebhookAnswer | undefined> => {
    const request = describeRequest(target, { uid: deps.random.uuid(), caller, dryRun });
    if (!(await orIgnored(webhook, async () => conditions(webhook, request)))) return undefined;
    if (dryRun && !['None', 'NoneOnDryRun'].includes(webhook.sideEffects ?? ''))
      throw new ApiStatusError(
        'BadRequest',
        `admission webhook ${JSON.stringify(webhook.name)} does not support dry run`,
      );
    const answer = await orIgnored(webhook, () => callWebhook(store, webhook, request));
    for (const text of answer?.warnings ?? []) warn?.(text);
    return answer;
  };
  return {
    concern: (given) => {
      // What configures webhooks is not subject to them: nobody could take back a mistake.
      if (given.kind.group === 'admissionregistration.k8s.io') return false;
      if (policies.concern(given)) return true;
      if (store.count(MUTATING) + store.count(VALIDATING) === 0) return false;
      return [...all(MUTATING), ...all(VALIDATING)].some(
        (webhook) => meantKind(webhook, given, equivalents) !== undefined,
      );
    },
    mutate: async (given, occasion) => {
      let { object } = given;
      const run = async (webhook: Webhook): Promise<boolean> => {
        const target = await meantTarget(webhook, complete({ ...given, object }), equivalents);
        // What webhooks before it have changed may no longer concern it.
        const answer = target && (await ask(webhook, target, occasion));
        if (!target || !answer) return false;
        if (!answer.allowed) throw denied(webhook, answer);
        if (!answer.patch || !target.object) return false;
        const changed = patched(webhook, target.object, answer.patch);
        object = await equivalents.inVersion(changed, target.kind, given.kind);
        return true;
      };
      const webhooks = (await find(MUTATING, complete(given))).map(({ webhook }) => webhook);
      const changes: boolean[] = [];
      for (const webhook of webhooks) changes.push(await run(webhook));
      // Who wants to see what those after it have done is asked once more.
      for (const [at, webhook] of webhooks.entries())
        if (webhook.reinvocationPolicy === 'IfNeeded' && changes.slice(at + 1).some(Boolean)) await run(webhook);
      return object ?? given.before ?? EMPTY;
    },
    validate: async (given, occasion) => {
      const target = complete(given);
      const { dryRun, caller = OURSELVES, warn } = occasion;
      const requestOf = (seen: WebhookTarget): JsonObject => {
        const { object: _object, oldObject: _old, ...request } = describeRequest(seen, { uid: '', caller, dryRun });
        return request as JsonObject;
      };
      await policies.validate(target, { requestOf, warn });
      await Promise.all(
        (await find(VALIDATING, target)).map(async ({ webhook, seen }) => {
          const answer = await ask(webhook, seen, occasion);
          if (answer && !answer.allowed) throw denied(webhook, answer);
        }),
      );
    },
  };
};

/** Whether a webhook's match conditions hold. Throws what cannot be told. */
const createConditions = (language: ConditionLanguage | undefined) => {
  const compiled = new WeakMap<Webhook, readonly CompiledCondition[]>();
  return (webhook: Webhook, request: Readonly<Record<string, unknown>>): boolean => {
    const { matchConditions = [] } = webhook;
    if (!language || matchConditions.length === 0) return true;
    const known = compiled.get(webhook) ?? compileConditions(language, matchConditions, REQUEST_VARIABLES);
    compiled.set(webhook, known);
    const { object, oldObject, ...rest } = request as JsonObject;
    const held = allHold(language, known, {
      object: language.valueOf(object),
      oldObject: language.valueOf(oldObject),
      request: language.valueOf(rest),
    });
    if (!held.ok) throw new Failure(held.error, { code: 'ConditionFailed' });
    return held.value;
  };
};

const EMPTY: KubeObject = { apiVersion: '', kind: '', metadata: {} };

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
  const result = applyJsonPatch(object, operations as readonly Readonly<Record<string, unknown>>[], {
    replacesMissing: true,
  });
  if (!result.ok) throw badPatch(webhook, result.error);
  return result.value as KubeObject;
};

const badPatch = (webhook: Webhook, why: string): ApiStatusError =>
  new ApiStatusError(
    'InternalError',
    `Internal error occurred: patch of webhook ${JSON.stringify(webhook.name)} cannot be applied: ${why}`,
  );
