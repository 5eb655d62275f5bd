/**
 * Admission by others: webhooks that change an object, then policies and webhooks that judge it.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go
 */
import type { JsonObject } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { Store } from '../../store/store.ts';
import { OURSELVES } from '../api-context.ts';
import type { AdmissionPolicies } from '../policies/admission-policies.ts';
import { describeRequest } from './admission-request.ts';
import { createAskWebhook, type AskWebhook, type AskWebhookDeps, type WebhookOccasion } from './ask-webhook.ts';
import type { EquivalentKinds } from './equivalent-kinds.ts';
import {
  meantKind,
  meantTarget,
  type Webhook,
  type WebhookConfiguration,
  type WebhookTarget,
} from './webhook-configuration.ts';
import { denied, patched } from './webhook-verdict.ts';

/** Asks webhooks. */
export interface Webhooks {
  /** Whether any webhook concerns this; most often there is none, and nothing else need be done. */
  concern(target: Unplaced): boolean;
  /** The object as the changing webhooks leave it. Throws Forbidden or what a webhook says, InternalError. */
  mutate(target: Unplaced, occasion: WebhookOccasion): Promise<KubeObject>;
  /** Throws when a judging webhook denies. */
  validate(target: Unplaced, occasion: WebhookOccasion): Promise<void>;
}

/** A target whose namespace has not been looked up. */
type Unplaced = Omit<WebhookTarget, 'namespace'>;

interface WebhookDeps extends AskWebhookDeps {
  readonly policies: AdmissionPolicies;
  readonly equivalents: EquivalentKinds;
}

const [MUTATING, VALIDATING] = ['mutating', 'validating'].map(
  (kind) => `admissionregistration.k8s.io/${kind}webhookconfigurations`,
) as [string, string];

/** Creates them over the configurations in the store. */
export const createWebhooks = (deps: WebhookDeps): Webhooks => {
  const ask = createAskWebhook(deps);
  return {
    concern: (given) => areConcerned(deps, given),
    mutate: (given, occasion) => mutate({ ...deps, ask }, given, occasion),
    validate: async (given, occasion) => {
      const target = withNamespace(deps.store, given);
      await validateByPolicies(deps.policies, target, occasion);
      await validateByWebhooks({ ...deps, ask }, target, occasion);
    },
  };
};

const areConcerned = ({ store, policies, equivalents }: WebhookDeps, given: Unplaced): boolean => {
  // What configures webhooks is not subject to them: nobody could take back a mistake.
  if (given.kind.group === 'admissionregistration.k8s.io') return false;
  if (policies.concern(given)) return true;
  if (store.count(MUTATING) + store.count(VALIDATING) === 0) return false;
  return [...webhooksOf(store, MUTATING), ...webhooksOf(store, VALIDATING)].some(
    (webhook) => meantKind(webhook, given, equivalents) !== undefined,
  );
};

type Asking = WebhookDeps & { readonly ask: AskWebhook };

const mutate = async (deps: Asking, given: Unplaced, occasion: WebhookOccasion): Promise<KubeObject> => {
  const { store, equivalents } = deps;
  let { object } = given;
  const run = async (webhook: Webhook): Promise<boolean> => {
    const target = await meantTarget(webhook, withNamespace(store, { ...given, object }), equivalents);
    // What webhooks before it have changed may no longer concern it.
    const answer = target && (await deps.ask(webhook, target, occasion));
    if (!target || !answer) return false;
    if (!answer.allowed) throw denied(webhook, answer);
    if (!answer.patch || !target.object) return false;
    const changed = patched(webhook, target.object, answer.patch);
    object = await equivalents.inVersion(changed, target.kind, given.kind);
    return true;
  };
  const webhooks = (await meantWebhooks(deps, MUTATING, withNamespace(store, given))).map(({ webhook }) => webhook);
  const changes: boolean[] = [];
  for (const webhook of webhooks) changes.push(await run(webhook));
  // Who wants to see what those after it have done is asked once more.
  for (const [at, webhook] of webhooks.entries())
    if (webhook.reinvocationPolicy === 'IfNeeded' && changes.slice(at + 1).some(Boolean)) await run(webhook);
  return object ?? given.before ?? EMPTY;
};

const EMPTY: KubeObject = { apiVersion: '', kind: '', metadata: {} };

const validateByPolicies = (
  policies: AdmissionPolicies,
  target: WebhookTarget,
  { dryRun, caller = OURSELVES, warn }: WebhookOccasion,
): Promise<void> => {
  const requestOf = (seen: WebhookTarget): JsonObject => {
    const { object: _object, oldObject: _old, ...request } = describeRequest(seen, { uid: '', caller, dryRun });
    return request as JsonObject;
  };
  return policies.validate(target, { requestOf, warn });
};

const validateByWebhooks = async (deps: Asking, target: WebhookTarget, occasion: WebhookOccasion): Promise<void> => {
  const judge = async ({ webhook, seen }: MeantWebhook): Promise<void> => {
    const answer = await deps.ask(webhook, seen, occasion);
    if (answer && !answer.allowed) throw denied(webhook, answer);
  };
  await Promise.all((await meantWebhooks(deps, VALIDATING, target)).map(judge));
};

/** A webhook, and the request as it wants to see it. */
interface MeantWebhook {
  readonly webhook: Webhook;
  readonly seen: WebhookTarget;
}

const meantWebhooks = async (
  { store, equivalents }: WebhookDeps,
  resource: string,
  target: WebhookTarget,
): Promise<readonly MeantWebhook[]> => {
  const meant: MeantWebhook[] = [];
  for (const webhook of webhooksOf(store, resource)) {
    const seen = await meantTarget(webhook, target, equivalents);
    if (seen) meant.push({ webhook, seen });
  }
  return meant;
};

const webhooksOf = (store: Store, resource: string): readonly Webhook[] =>
  (store.list(resource).items as readonly WebhookConfiguration[]).flatMap(({ webhooks = [] }) => webhooks);

const withNamespace = (store: Store, target: Unplaced): WebhookTarget => {
  const name = (target.object ?? target.before)?.metadata.namespace;
  return { ...target, namespace: name ? store.get('/namespaces', { name }) : undefined };
};
