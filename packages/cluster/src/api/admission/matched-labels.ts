/**
 * Rules about neighbours that are like the pod, or unlike it, in some labels: what the labels are is settled when the pod
 * is made. @upstream kubernetes pkg/registry/core/pod/strategy.go#mutatePodAffinity
 */
import { isObject } from '@argosy/base';
import type { Pod } from '@argosy/kube';

type Fields = Readonly<Record<string, unknown>>;

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** The pod with its own labels among the selectors of its affinity; itself when it asks for none. Pure. */
export const withMatchedLabels = (pod: Pod): Pod => {
  const affinity = pod.spec?.['affinity'];
  if (!isObject(affinity)) return pod;
  const settle = (term: unknown): unknown => (isObject(term) ? withLabels(term, pod.metadata.labels ?? {}) : term);
  const settled = (['podAffinity', 'podAntiAffinity'] as const).reduce<Fields>((given, name) => {
    const rules = given[name];
    if (!isObject(rules)) return given;
    const required = listIn(rules, REQUIRED).map(settle);
    const preferred = listIn(rules, PREFERRED).map((weighted) =>
      isObject(weighted) ? { ...weighted, podAffinityTerm: settle(weighted['podAffinityTerm']) } : weighted,
    );
    return {
      ...given,
      [name]: {
        ...rules,
        ...(required.length > 0 ? { [REQUIRED]: required } : {}),
        ...(preferred.length > 0 ? { [PREFERRED]: preferred } : {}),
      },
    };
  }, affinity);
  return { ...pod, spec: { ...pod.spec, affinity: settled } } as Pod;
};

const listIn = (fields: Fields, name: string): readonly unknown[] => {
  const list = fields[name];
  return Array.isArray(list) ? list : [];
};

const withLabels = (term: Fields, labels: Readonly<Record<string, string>>): Fields => {
  const selector = term['labelSelector'];
  if (!isObject(selector)) return term;
  const requirements = (list: string, operator: 'In' | 'NotIn'): readonly object[] =>
    listIn(term, list).flatMap((key) => {
      const value = typeof key === 'string' && Object.hasOwn(labels, key) ? labels[key] : undefined;
      return value === undefined ? [] : [{ key, operator, values: [value] }];
    });
  const added = [...requirements('matchLabelKeys', 'In'), ...requirements('mismatchLabelKeys', 'NotIn')];
  if (added.length === 0) return term;
  return {
    ...term,
    labelSelector: { ...selector, matchExpressions: [...listIn(selector, 'matchExpressions'), ...added] },
  };
};
