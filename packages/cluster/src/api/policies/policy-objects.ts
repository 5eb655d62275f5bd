/**
 * Policies and their bindings. @spec https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import type { KubeObject, LabelSelector } from '@argosy/kube';

import type { Webhook } from '../webhooks/webhook-configuration.ts';
import type { MatchCondition } from './match-conditions.ts';

type Rule = NonNullable<Webhook['rules']>[number] & { readonly resourceNames?: readonly string[] };

/** Which requests are meant. */
export interface MatchResources {
  readonly resourceRules?: readonly Rule[];
  readonly excludeResourceRules?: readonly Rule[];
  readonly matchPolicy?: 'Exact' | 'Equivalent';
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/** One thing that must hold. */
export interface PolicyValidation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

/** What must hold of requests. It does nothing without a binding. */
export type AdmissionPolicy = KubeObject<{
  readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
  readonly matchConstraints?: MatchResources;
  readonly matchConditions?: readonly MatchCondition[];
  readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  readonly validations?: readonly PolicyValidation[];
  readonly auditAnnotations?: readonly { readonly key: string; readonly valueExpression: string }[];
  readonly failurePolicy?: 'Fail' | 'Ignore';
}>;

/** Where a policy applies, with which parameters, and what becomes of who breaks it. */
export type AdmissionPolicyBinding = KubeObject<{
  readonly policyName?: string;
  readonly paramRef?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly selector?: LabelSelector;
    readonly parameterNotFoundAction?: 'Allow' | 'Deny';
  };
  readonly matchResources?: MatchResources;
  readonly validationActions?: readonly ('Deny' | 'Warn' | 'Audit')[];
}>;

/** Where the store keeps policies. */
export const POLICIES = 'admissionregistration.k8s.io/validatingadmissionpolicies';
/** Where the store keeps bindings. */
export const BINDINGS = 'admissionregistration.k8s.io/validatingadmissionpolicybindings';
