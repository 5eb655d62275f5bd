/**
 * Pods that are to be spread evenly over nodes, zones and the like: where one more would make it too uneven.
 * @upstream kubernetes pkg/scheduler/framework/plugins/podtopologyspread/filtering.go
 * @spec https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
import { matchesLabelSelector, type KubeObject, type LabelSelector, type Pod } from '@argosy/kube';

import type { NodeUse } from '../../books/node-use.ts';
import type { NodeRoom } from '../node-fit.ts';
import { matchesNodeSelection } from '../node-terms.ts';
import type { TermMisfit } from '../neighbours/pod-terms.ts';
import { selectorFor, selectsAll, type PodSelection } from '../neighbours/selected-pods.ts';
import { untoleratedTaint } from '../taints.ts';

/** A rule of spreading, complete. */
export interface SpreadRule {
  readonly maxSkew: number;
  readonly topologyKey: string;
  /** `undefined` counts nobody. */
  readonly selector: LabelSelector | undefined;
  readonly minDomains: number;
  readonly honorsAffinity: boolean;
  readonly honorsTaints: boolean;
}

/** What of a node spreading looks at. */
export type SpreadRoom = Pick<NodeRoom, 'node' | 'use'>;

/** What to do where a rule does not hold. */
export type WhenUnsatisfiable = 'DoNotSchedule' | 'ScheduleAnyway';

/** Whether a pod says how it is to be spread. Pure. */
export const hasSpreadRules = (pod: Pod): boolean => {
  const given = pod.spec?.['topologySpreadConstraints'];
  return Array.isArray(given) && given.length > 0;
};

/** A pod's rules of one sort. Pure. */
export const spreadRulesOf = (pod: Pod, when: WhenUnsatisfiable): readonly SpreadRule[] => {
  const given = pod.spec?.['topologySpreadConstraints'];
  const constraints = Array.isArray(given) ? (given as readonly Constraint[]) : [];
  return constraints
    .filter(({ whenUnsatisfiable }) => whenUnsatisfiable === when)
    .map((one) => ({
      maxSkew: one.maxSkew,
      topologyKey: one.topologyKey,
      selector: selectorFor(pod, one),
      minDomains: one.minDomains ?? 1,
      honorsAffinity: one.nodeAffinityPolicy !== 'Ignore',
      honorsTaints: one.nodeTaintsPolicy === 'Honor',
    }));
};

/** What is wrong with a node, in the scheduler's words. `all` has the other nodes, and may have this one. Pure. */
export const spreadMisfit = (pod: Pod, room: SpreadRoom, all: readonly SpreadRoom[]): TermMisfit | undefined => {
  const rules = spreadRulesOf(pod, 'DoNotSchedule');
  if (rules.length === 0) return undefined;
  const others = all.filter(({ node }) => node.metadata.name !== room.node.metadata.name);
  const counted = [room, ...others].filter(({ node }) => hasDomains(node, rules));
  for (const rule of rules) {
    const domain = domainOf(room.node, rule);
    if (domain === undefined) return NO_DOMAIN;
    const counts = countByDomain(pod, rule, counted);
    // Where no node counts there is nothing to be even with.
    if (counts.size === 0) continue;
    const least = counts.size < rule.minDomains ? 0 : Math.min(...counts.values());
    const itself = matchesLabelSelector(rule.selector, pod.metadata.labels) ? 1 : 0;
    if ((counts.get(domain) ?? 0) + itself - least > rule.maxSkew) return TOO_UNEVEN;
  }
  return undefined;
};

/** Pods a rule counts, by domain, on nodes that have all domains; a domain without any counts 0. Pure. */
export const countByDomain = (
  pod: Pod,
  rule: SpreadRule,
  rooms: readonly SpreadRoom[],
): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const { node, use } of rooms) {
    const domain = domainOf(node, rule);
    if (domain === undefined || !isCounted(pod, node, rule)) continue;
    counts.set(domain, (counts.get(domain) ?? 0) + countOn(pod, rule, use));
  }
  return counts;
};

/** Pods a rule counts on one node: those of the pod's namespace that stay. Pure. */
export const countOn = (pod: Pod, { selector }: SpreadRule, use: NodeUse): number => {
  if (!selector || selectsAll(selector)) return 0;
  let count = 0;
  for (const { metadata } of use.pods()) {
    const isNear = metadata.namespace === pod.metadata.namespace && metadata.deletionTimestamp === undefined;
    if (isNear && matchesLabelSelector(selector, metadata.labels)) count += 1;
  }
  return count;
};

/** Whether a node is in a domain of each rule. Pure. */
export const hasDomains = (node: KubeObject, rules: readonly SpreadRule[]): boolean =>
  rules.every((rule) => domainOf(node, rule) !== undefined);

/** Which domain of a rule a node is in. Pure. */
export const domainOf = ({ metadata }: KubeObject, { topologyKey }: SpreadRule): string | undefined =>
  metadata.labels?.[topologyKey];

interface Constraint extends PodSelection {
  readonly maxSkew: number;
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  readonly minDomains?: number;
  readonly nodeAffinityPolicy?: string;
  readonly nodeTaintsPolicy?: string;
}

const TOO_UNEVEN: TermMisfit = {
  reason: "node(s) didn't match pod topology spread constraints",
  isHopeless: false,
};
const NO_DOMAIN: TermMisfit = { reason: `${TOO_UNEVEN.reason} (missing required label)`, isHopeless: true };

/** Nodes the pod could not go to anyway count only where the rule says so. */
const isCounted = (pod: Pod, node: KubeObject, { honorsAffinity, honorsTaints }: SpreadRule): boolean =>
  (!honorsAffinity || matchesNodeSelection(pod, node)) &&
  (!honorsTaints || untoleratedTaint(pod, node, ['NoSchedule', 'NoExecute']) === undefined);
