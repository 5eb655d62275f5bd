/**
 * Webhooks as their configurations declare them, and which of them a request concerns.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/webhook/{generic,predicates}
 */
import { matchesLabelSelector, type KubeObject, type LabelSelector } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { EquivalentKinds } from './equivalent-kinds.ts';
import type { WebhookClientConfig } from './post-to-webhook.ts';

/** What happens to an object; CONNECT opens a stream, and its object says how: its metadata are those of whom it leads to. */
export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** One webhook. */
export interface Webhook {
  readonly name: string;
  readonly clientConfig: WebhookClientConfig;
  readonly rules?: readonly {
    readonly operations?: readonly string[];
    readonly apiGroups?: readonly string[];
    readonly apiVersions?: readonly string[];
    readonly resources?: readonly string[];
    readonly scope?: string;
  }[];
  readonly failurePolicy?: 'Fail' | 'Ignore';
  /** Whether rules mean exactly the versions they name; all versions of the same objects otherwise. */
  readonly matchPolicy?: 'Exact' | 'Equivalent';
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
  readonly sideEffects?: string;
  readonly timeoutSeconds?: number;
  readonly reinvocationPolicy?: string;
  /** In the language of conditions; all must be true. */
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
}

/** What says which requests are meant. */
export type Selection = Pick<Webhook, 'rules' | 'matchPolicy' | 'namespaceSelector' | 'objectSelector'>;

/** A configuration of either kind. */
export interface WebhookConfiguration extends KubeObject {
  readonly webhooks?: readonly Webhook[];
}

/** What webhooks are matched with. */
export interface WebhookTarget {
  readonly kind: ServedKind;
  readonly operation: Operation;
  readonly object: KubeObject | undefined;
  readonly before: KubeObject | undefined;
  /** The namespace the object is in, when it is in one. */
  readonly namespace: KubeObject | undefined;
  readonly subresource?: string;
  /** What the request named, where this is shown in another version. */
  readonly requested?: ServedKind;
}

const ALL = '*';

/** The request as the webhook wants to see it; `undefined` when it is not meant. Throws what conversions throw. */
export const meantTarget = async (
  webhook: Selection,
  target: WebhookTarget,
  equivalents: EquivalentKinds,
): Promise<WebhookTarget | undefined> => {
  const kind = meantKind(webhook, target, equivalents);
  if (!kind || !matchesNamespace(webhook, target)) return undefined;
  const seen = await seenAs(target, kind, equivalents);
  return matchesObject(webhook, seen) ? seen : undefined;
};

/** The version in which the rules mean a request, whatever its object turns out to be: its own, where they name that. Pure. */
export const meantKind = (
  webhook: Pick<Selection, 'rules' | 'matchPolicy'>,
  target: Omit<WebhookTarget, 'namespace'>,
  equivalents: EquivalentKinds,
): ServedKind | undefined => {
  if (matchesRules(webhook, target)) return target.kind;
  const others = equivalents.of(target.kind);
  // Loops of this process name no version: that stands for the preferred one.
  const named = target.kind.unconverted ? others.filter(({ preferred }) => preferred) : [];
  return (webhook.matchPolicy === 'Exact' ? named : [...named, ...others]).find((kind) =>
    matchesRules(webhook, { ...target, kind }),
  );
};

const seenAs = async (
  target: WebhookTarget,
  kind: ServedKind,
  equivalents: EquivalentKinds,
): Promise<WebhookTarget> => {
  if (kind === target.kind) return target;
  const seen = async (object: KubeObject | undefined) => object && equivalents.inVersion(object, target.kind, kind);
  const [object, before] = [await seen(target.object), await seen(target.before)];
  return { ...target, kind, object, before, ...(target.kind.unconverted ? {} : { requested: target.kind }) };
};

const matchesRules = (webhook: Pick<Selection, 'rules'>, target: Omit<WebhookTarget, 'namespace'>): boolean =>
  (webhook.rules ?? []).some((rule) => {
    const { kind } = target;
    const has = (values: readonly string[] | undefined, value: string): boolean =>
      (values ?? []).some((one) => one === ALL || one === value);
    const resource = target.subresource ? `${kind.plural}/${target.subresource}` : kind.plural;
    return (
      has(rule.operations, target.operation) &&
      has(rule.apiGroups, kind.group) &&
      has(rule.apiVersions, kind.version) &&
      (rule.resources ?? []).some(
        (one) =>
          one === resource || one === '*/*' || (one === ALL && !target.subresource) || one === `${kind.plural}/*`,
      ) &&
      (rule.scope === undefined || rule.scope === ALL || (rule.scope === 'Namespaced') === kind.namespaced)
    );
  });

/** An object outside of namespaces is not held back by a selector of namespaces; a namespace is its own. */
const matchesNamespace = (
  { namespaceSelector }: Selection,
  { kind, namespace, object, before }: WebhookTarget,
): boolean => {
  if (!namespaceSelector) return true;
  const own = kind.storage === '/namespaces' ? (object ?? before) : namespace;
  return own === undefined || matchesLabelSelector(namespaceSelector, own.metadata.labels);
};

const matchesObject = ({ objectSelector }: Selection, { object, before }: WebhookTarget): boolean =>
  !objectSelector ||
  [object, before].some((one) => one !== undefined && matchesLabelSelector(objectSelector, one.metadata.labels));
