/**
 * Whether a node's labels and fields meet what a pod asks of them. @upstream kubernetes staging/src/k8s.io/component-helpers/scheduling/corev1/nodeaffinity
 */
import { isObject } from '@argosy/base';
import { matchesRequirements, type KubeObject, type LabelRequirement, type Pod, type StringMap } from '@argosy/kube';

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** A term of a node selector: everything in it must hold. */
export interface NodeTerm {
  readonly matchExpressions?: readonly Expression[];
  readonly matchFields?: readonly Expression[];
}

/** Whether a node has every label of `spec.nodeSelector` and meets one term of the required node affinity. Pure. */
export const matchesNodeSelection = (pod: Pod, node: KubeObject): boolean => {
  const labels = node.metadata.labels ?? {};
  const hasLabels = Object.entries(pod.spec?.nodeSelector ?? {}).every(([name, value]) => labels[name] === value);
  const terms = requiredTerms(pod);
  return hasLabels && (terms === undefined || terms.some((term) => matchesTerm(term, node)));
};

/** Whether a node meets a term; an empty term matches nothing. Pure. */
export const matchesTerm = (term: NodeTerm, node: KubeObject): boolean => {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length + fields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    expressions.every((expression) => holds(expression, labels)) &&
    fields.every((field) => holds(field, { 'metadata.name': node.metadata.name ?? '' }))
  );
};

const requiredTerms = (pod: Pod): readonly NodeTerm[] | undefined => {
  const affinity = pod.spec?.['affinity'];
  const ofNode = isObject(affinity) ? affinity['nodeAffinity'] : undefined;
  const required = isObject(ofNode) ? ofNode['requiredDuringSchedulingIgnoredDuringExecution'] : undefined;
  const terms = isObject(required) ? required['nodeSelectorTerms'] : undefined;
  return Array.isArray(terms) ? (terms as readonly NodeTerm[]) : undefined;
};

/** Node selectors write two operators shorter than label selectors do; the rest is the same. */
const OPERATORS: Readonly<Record<string, LabelRequirement['operator']>> = {
  In: 'In',
  NotIn: 'NotIn',
  Exists: 'Exists',
  DoesNotExist: 'DoesNotExist',
  Gt: 'GreaterThan',
  Lt: 'LessThan',
};

const holds = ({ key, operator, values }: Expression, labels: StringMap): boolean => {
  const known = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  return known !== undefined && matchesRequirements([{ key, operator: known, values }], labels);
};
