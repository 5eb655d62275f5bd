/**
 * Admission by policies: conditions in the language of the server, bound to where they apply.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go
 */
import type { Json, Logger } from '@argosy/base';
import {
  ApiStatusError,
  matchesLabelSelector,
  STATUS_CODES,
  toApiVersion,
  type KubeObject,
  type StatusReason,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { Store } from '../../store/store.ts';
import type { Conversions } from '../conversion/conversions.ts';
import { objectShown } from '../webhooks/admission-request.ts';
import type { EquivalentKinds } from '../webhooks/equivalent-kinds.ts';
import type { WebhookTarget } from '../webhooks/webhook-configuration.ts';
import { compilePolicy, type CompiledPolicy } from './compile-policy.ts';
import type { ConditionLanguage } from './condition-language.ts';
import { judgeRequest, type Judgement } from './judge-request.ts';
import { mayMean, meant } from './match-resources.ts';
import { BINDINGS, POLICIES, type AdmissionPolicy, type AdmissionPolicyBinding } from './policy-objects.ts';

/** Judges requests. */
export interface AdmissionPolicies {
  /** Whether any policy may mean this; most often there is none. */
  concern(target: Omit<WebhookTarget, 'namespace'>): boolean;
  /** Throws what the first binding that denies says; `warn` hears what others say. */
  validate(
    target: WebhookTarget,
    occasion: {
      readonly requestOf: (target: WebhookTarget) => Json;
      readonly warn?: ((text: string) => void) | undefined;
    },
  ): Promise<void>;
}

/** Ports of policies. */
export interface AdmissionPolicyDeps {
  readonly store: Store;
  readonly log: Logger;
  /** Without it policies judge nothing. */
  readonly language: ConditionLanguage | undefined;
  /** The kinds served, for parameters. */
  readonly kinds: () => readonly ServedKind[];
  readonly equivalents: EquivalentKinds;
  readonly conversions: Pick<Conversions, 'shown'>;
}

/** Creates them over the policies in the store. */
export const createAdmissionPolicies = (deps: AdmissionPolicyDeps): AdmissionPolicies => {
  const { store, language, equivalents } = deps;
  const compiled = new WeakMap<AdmissionPolicy, CompiledPolicy>();
  const compile = (of: ConditionLanguage, policy: AdmissionPolicy): CompiledPolicy => {
    const known = compiled.get(policy) ?? compilePolicy(of, policy);
    compiled.set(policy, known);
    return known;
  };
  const policies = (): readonly AdmissionPolicy[] => store.list(POLICIES).items as readonly AdmissionPolicy[];
  const bindings = (): readonly AdmissionPolicyBinding[] =>
    store.list(BINDINGS).items as readonly AdmissionPolicyBinding[];
  return {
    concern: (target) =>
      language !== undefined &&
      store.count(POLICIES) > 0 &&
      store.count(BINDINGS) > 0 &&
      policies().some((policy) => mayMean(policy.spec?.matchConstraints ?? {}, target, equivalents)),
    validate: async (target, occasion) => {
      if (!language) return;
      for (const policy of policies()) {
        const seen = await meant(policy.spec?.matchConstraints ?? {}, target, equivalents);
        if (!seen) continue;
        const values = {
          object: language.valueOf(objectShown(seen) as unknown as Json),
          oldObject: language.valueOf((seen.before ?? null) as unknown as Json),
          request: language.valueOf(occasion.requestOf(seen)),
          namespaceObject: language.valueOf((seen.namespace ?? null) as unknown as Json),
        };
        for (const binding of bindings()) {
          if (binding.spec?.policyName !== policy.metadata.name) continue;
          if (!(await meant(binding.spec?.matchResources, target, equivalents))) continue;
          const scope: BoundPolicy = { policy, binding, target };
          for (const params of await paramsOf(deps, scope)) {
            const judged =
              params.kind === 'failed'
                ? [params]
                : judgeRequest(language, compile(language, policy), {
                    ...values,
                    params: language.valueOf(params.value as unknown as Json),
                  });
            for (const judgement of judged) enforce(deps, scope, judgement, occasion.warn);
          }
        }
      }
    },
  };
};

interface BoundPolicy {
  readonly policy: AdmissionPolicy;
  readonly binding: AdmissionPolicyBinding;
  readonly target: WebhookTarget;
}

type Params =
  | { readonly kind: 'params'; readonly value: KubeObject | null }
  | Extract<Judgement, { readonly kind: 'failed' }>;

/** The objects a binding gives its policy to compare with; the policy is judged once with each. */
const paramsOf = async (
  { store, kinds, conversions }: AdmissionPolicyDeps,
  { policy, binding, target }: BoundPolicy,
): Promise<readonly Params[]> => {
  const wanted = policy.spec?.paramKind;
  const reference = binding.spec?.paramRef;
  if (!wanted) return [{ kind: 'params', value: null }];
  const kind = kinds().find((one) => toApiVersion(one) === wanted.apiVersion && one.kind === wanted.kind);
  if (!kind)
    return [
      { kind: 'failed', why: `failed to configure policy: no kind ${wanted.kind} in ${wanted.apiVersion} is served` },
    ];
  if (!reference) return [{ kind: 'params', value: null }];
  const namespace = kind.namespaced
    ? (reference.namespace ?? (target.object ?? target.before)?.metadata.namespace)
    : undefined;
  if (kind.namespaced && namespace === undefined)
    return [
      { kind: 'failed', why: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources' },
    ];
  const found = store
    .list(kind.storage)
    .items.filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    .filter(({ metadata }) => (reference.name ? metadata.name === reference.name : true))
    .filter(({ metadata }) => (reference.selector ? matchesLabelSelector(reference.selector, metadata.labels) : true));
  if (found.length > 0) {
    const show = await conversions.shown(kind, found);
    return found.map((stored) => ({ kind: 'params' as const, value: show(stored) }));
  }
  return reference.parameterNotFoundAction === 'Allow'
    ? []
    : [{ kind: 'failed', why: 'no params found for policy binding with `Deny` parameterNotFoundAction' }];
};

const enforce = (
  deps: AdmissionPolicyDeps,
  scope: BoundPolicy,
  judgement: Judgement,
  warn: ((text: string) => void) | undefined,
): void => {
  const { policy, binding } = scope;
  if (judgement.kind === 'holds') return;
  const names = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
  if (judgement.kind === 'failed') {
    if (policy.spec?.failurePolicy !== 'Ignore')
      throw denied(scope, `${names} denied request: ${judgement.why}`, 'Invalid');
    return deps.log.warn('policy ignored, as its failurePolicy says', { policy: names, why: judgement.why });
  }
  const actions = binding.spec?.validationActions ?? ['Deny'];
  if (actions.includes('Warn')) warn?.(`Validation failed for ${names}: ${judgement.message}`);
  if (actions.includes('Audit')) deps.log.info('policy broken', { policy: names, message: judgement.message });
  if (actions.includes('Deny')) throw denied(scope, `${names} denied request: ${judgement.message}`, judgement.reason);
};

const denied = ({ target }: BoundPolicy, message: string, reason: string): ApiStatusError => {
  const { group, plural } = target.kind;
  const name = (target.object ?? target.before)?.metadata.name ?? '';
  const known: StatusReason = Object.hasOwn(STATUS_CODES, reason) ? (reason as StatusReason) : 'Invalid';
  const resource = group === '' ? plural : `${plural}.${group}`;
  return new ApiStatusError(known, `${resource} ${JSON.stringify(name)} is forbidden: ${message}`, {
    name,
    group,
    kind: plural,
    causes: [{ message }],
  });
};
