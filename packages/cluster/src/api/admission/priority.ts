/**
 * How much a pod matters is decided by its class, and by no author.
 * @upstream kubernetes plugin/pkg/admission/priority
 * @spec https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
import type { Pod, PriorityClass } from '@argosy/kube';

/** A pod with its priority, or why it may not be. */
export type PriorityVerdict =
  | { readonly kind: 'admitted'; readonly pod: Pod }
  | { readonly kind: 'refused'; readonly message: string };

/** Gives a new pod the priority and preemption policy of its class, of the default one, or of none. Pure. */
export const withPriority = (pod: Pod, classes: readonly PriorityClass[]): PriorityVerdict => {
  const { spec } = pod;
  if (!spec) return { kind: 'admitted', pod };
  const named = typeof spec['priorityClassName'] === 'string' ? spec['priorityClassName'] : '';
  const chosen = named === '' ? (defaultClassOf(classes) ?? NO_CLASS) : findClass(named, classes);
  if (!chosen) return { kind: 'refused', message: `no PriorityClass with name ${named} was found` };
  const { name, value, preemptionPolicy } = chosen;
  if (spec.priority !== undefined && spec.priority !== value)
    return { kind: 'refused', message: notTheAuthors('integer', 'priority', spec.priority, value) };
  const policy = spec['preemptionPolicy'];
  if (policy !== undefined && policy !== preemptionPolicy)
    return { kind: 'refused', message: notTheAuthors('string', 'PreemptionPolicy', textOf(policy), preemptionPolicy) };
  const ofClass = name === '' ? {} : { priorityClassName: name };
  return { kind: 'admitted', pod: { ...pod, spec: { ...spec, ...ofClass, priority: value, preemptionPolicy } } };
};

/** A pod that is replaced keeps what admission gave it when its author leaves it out. Pure. */
export const withKeptPriority = (pod: Pod, previous: Pod): Pod => {
  const [spec, former] = [pod.spec, previous.spec];
  if (!spec || !former) return pod;
  const kept = Object.fromEntries(
    (['priority', 'preemptionPolicy'] as const)
      .filter((name) => spec[name] === undefined && former[name] !== undefined)
      .map((name) => [name, former[name]]),
  );
  return Object.keys(kept).length === 0 ? pod : { ...pod, spec: { ...spec, ...kept } };
};

/** Why a class, new or changed, may not be the default of all pods beside those there are; `undefined` when it may. Pure. */
export const secondDefaultRefusal = (one: PriorityClass, classes: readonly PriorityClass[]): string | undefined => {
  if (one.globalDefault !== true) return undefined;
  const other = defaultClassOf(classes.filter(({ metadata }) => metadata.name !== one.metadata.name));
  return other && `PriorityClass ${other.name} is already marked as default. Only one default can exist`;
};

interface Chosen {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy: string;
}

const USUAL_POLICY = 'PreemptLowerPriority';
const NO_CLASS: Chosen = { name: '', value: 0, preemptionPolicy: USUAL_POLICY };

/** There in every cluster, whether or not they are kept as objects. @upstream pkg/apis/scheduling/v1/helpers.go */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

const findClass = (name: string, classes: readonly PriorityClass[]): Chosen | undefined => {
  const found = classes.find(({ metadata }) => metadata.name === name);
  if (found) return chosenFrom(found);
  const value = Object.hasOwn(SYSTEM_PRIORITIES, name) ? SYSTEM_PRIORITIES[name] : undefined;
  return value === undefined ? undefined : { name, value, preemptionPolicy: USUAL_POLICY };
};

/** Of several, which only a race can bring about, the lowest. */
const defaultClassOf = (classes: readonly PriorityClass[]): Chosen | undefined => {
  const [lowest] = classes
    .filter(({ globalDefault }) => globalDefault === true)
    .sort((left, right) => left.value - right.value);
  return lowest && chosenFrom(lowest);
};

const chosenFrom = ({ metadata, value, preemptionPolicy = USUAL_POLICY }: PriorityClass): Chosen => ({
  name: metadata.name ?? '',
  value,
  preemptionPolicy,
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const notTheAuthors = (type: string, field: string, given: number | string, computed: number | string): string =>
  `the ${type} value of ${field} (${given}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`;
