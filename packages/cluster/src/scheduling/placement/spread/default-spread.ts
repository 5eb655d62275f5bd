/**
 * How pods of services and sets are spread when they do not say so themselves.
 * @upstream kubernetes pkg/scheduler/framework/plugins/helper/spread.go#DefaultSelector, podtopologyspread/plugin.go
 */
import {
  controllerOf,
  matchesLabelSelector,
  type KubeObject,
  type LabelSelector,
  type Pod,
  type Service,
} from '@argosy/kube';

import type { SpreadRule } from './topology-spread.ts';

/** Who may have made a pod, and who leads to it. */
export interface PodFamily {
  /** Services of a namespace. */
  readonly services: (namespace: string) => readonly Service[];
  /** The set a pod's owner reference names; absent when it is none of a kind that spreads its pods. */
  readonly set: (
    owner: { readonly apiVersion: string; readonly kind: string; readonly name: string },
    namespace: string,
  ) => KubeObject | undefined;
}

/** What pods that are alike are told by; `undefined` for one that stands alone. Pure. */
export const siblingsOf = (pod: Pod, { services, set }: PodFamily): LabelSelector | undefined => {
  const { namespace = '', labels } = pod.metadata;
  const served = services(namespace).flatMap(({ spec }) => {
    const selector = spec?.selector ?? {};
    const isServed = Object.keys(selector).length > 0 && matchesLabelSelector({ matchLabels: selector }, labels);
    return isServed ? Object.entries(selector) : [];
  });
  const owner = controllerOf(pod);
  const made = owner && requirementsOf(set(owner, namespace));
  if (served.length === 0 && (made ?? []).length === 0) return undefined;
  return { matchLabels: Object.fromEntries(served), matchExpressions: made ?? [] };
};

/** The rules of pods that have no constraints of their own. */
export const defaultSpreadRules = (selector: LabelSelector): readonly SpreadRule[] =>
  [
    { maxSkew: 3, topologyKey: 'kubernetes.io/hostname' },
    { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone' },
  ].map((rule) => ({ ...rule, selector, minDomains: 1, honorsAffinity: true, honorsTaints: false }));

type Requirement = NonNullable<LabelSelector['matchExpressions']>[number];

/** A set's selector as requirements, for a label may be named by a service as well. Replication controllers have bare labels. */
const requirementsOf = (set: KubeObject | undefined): readonly Requirement[] => {
  const given = (set?.spec as { readonly selector?: object } | undefined)?.selector;
  if (!set || !given) return [];
  const selector: LabelSelector =
    set.kind === 'ReplicationController' ? { matchLabels: given as Record<string, string> } : given;
  return [
    ...Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
      key,
      operator: 'In' as const,
      values: [value],
    })),
    ...(selector.matchExpressions ?? []),
  ];
};
