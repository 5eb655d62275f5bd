/**
 * How well nodes suit a pod that is to be spread where that can be had.
 * @upstream kubernetes pkg/scheduler/framework/plugins/podtopologyspread/scoring.go
 */
import type { LabelSelector, Pod } from '@argosy/kube';

import { defaultSpreadRules } from './default-spread.ts';
import {
  countByDomain,
  countOn,
  domainOf,
  hasDomains,
  hasSpreadRules,
  spreadRulesOf,
  type SpreadRoom,
} from './topology-spread.ts';

/** What spreading is judged from. */
export interface SpreadWorld {
  readonly fitting: readonly SpreadRoom[];
  readonly all: readonly SpreadRoom[];
  /** Pods that are alike; asked only about a pod that says nothing of spreading itself. */
  readonly siblings: () => LabelSelector | undefined;
}

/** Scores of the nodes a pod fits on, 0 to 100; `undefined` when it has no such wish. Pure. */
export const spreadScores = (pod: Pod, { fitting, all, siblings }: SpreadWorld): readonly number[] | undefined => {
  const isItsOwn = hasSpreadRules(pod);
  const alike = isItsOwn ? undefined : siblings();
  const rules = alike ? defaultSpreadRules(alike) : spreadRulesOf(pod, 'ScheduleAnyway');
  if (rules.length === 0) return undefined;
  // What is the default for all asks nodes for nothing: one outside of all zones is as good as any.
  const takesPart = ({ node }: SpreadRoom): boolean => !isItsOwn || hasDomains(node, rules);
  const counted = all.filter(takesPart);
  const eligible = fitting.filter(takesPart);
  const judges = rules.map((rule) => {
    const isByNode = rule.topologyKey === HOST_NAME;
    const domains = new Set(eligible.map(({ node }) => domainOf(node, rule)));
    const weight = Math.log((isByNode ? eligible.length : domains.size) + 2);
    const counts = isByNode ? undefined : countByDomain(pod, rule, counted);
    return ({ node, use }: SpreadRoom): number => {
      if (domainOf(node, rule) === undefined) return 0;
      const count = counts ? (counts.get(domainOf(node, rule) ?? '') ?? 0) : countOn(pod, rule, use);
      return count * weight + rule.maxSkew - 1;
    };
  });
  const crowds = fitting.map((room) =>
    eligible.includes(room) ? Math.round(judges.reduce((sum, judge) => sum + judge(room), 0)) : undefined,
  );
  return emptiestFirst(crowds);
};

const HOST_NAME = 'kubernetes.io/hostname';

/** The fewer the better; nodes that are in no domain come last. */
const emptiestFirst = (crowds: readonly (number | undefined)[]): readonly number[] => {
  const known = crowds.filter((crowd) => crowd !== undefined);
  const [least, most] = [Math.min(...known), Math.max(0, ...known)];
  return crowds.map((crowd) => {
    if (crowd === undefined) return 0;
    return most === 0 ? 100 : Math.floor((100 * (most + least - crowd)) / most);
  });
};
