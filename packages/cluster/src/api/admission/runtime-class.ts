/**
 * What the runtime a pod asks for brings along: what it takes besides the containers, and the nodes that have it.
 * @upstream kubernetes plugin/pkg/admission/runtimeclass/admission.go
 */
import { isEqual } from '@argosy/base';
import type { Pod, PodSpec, RuntimeClass } from '@argosy/kube';

import type { Store } from '../../store/store.ts';

/** A pod with what its runtime adds, or why it may not be. */
export type RuntimeVerdict =
  | { readonly kind: 'admitted'; readonly pod: Pod }
  | { readonly kind: 'refused'; readonly message: string };

/** Completes a pod by its RuntimeClass; pods that name none may claim no overhead. */
export const withRuntimeClass = (store: Store, pod: Pod): RuntimeVerdict => {
  const spec = pod.spec ?? { containers: [] };
  const name = spec['runtimeClassName'];
  const claimed = Object.keys((spec['overhead'] ?? {}) as object).length > 0;
  if (typeof name !== 'string' || name === '')
    return claimed
      ? refused('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
      : { kind: 'admitted', pod };
  const runtime = store.get('node.k8s.io/runtimeclasses', { name }) as RuntimeClass | undefined;
  if (!runtime) return refused(`pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
  const overhead = runtime.overhead?.podFixed;
  if (claimed && !overhead)
    return refused('pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  if (claimed && !isEqual(spec['overhead'], overhead))
    return refused("pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  return scheduled(pod, overhead ? { ...spec, overhead } : spec, runtime);
};

const refused = (message: string): RuntimeVerdict => ({ kind: 'refused', message });

const scheduled = (pod: Pod, spec: PodSpec, { scheduling }: RuntimeClass): RuntimeVerdict => {
  if (!scheduling) return { kind: 'admitted', pod: { ...pod, spec } };
  const { nodeSelector: wanted = {}, tolerations = [] } = scheduling;
  const own = (spec['nodeSelector'] ?? {}) as Readonly<Record<string, string>>;
  const conflict = Object.entries(wanted).find(([key, value]) => own[key] !== undefined && own[key] !== value);
  if (conflict) {
    const [key, value] = conflict;
    return refused(
      `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`,
    );
  }
  const given = (spec['tolerations'] ?? []) as readonly object[];
  const added = tolerations.filter((one) => !given.some((other) => isEqual(one, other)));
  return {
    kind: 'admitted',
    pod: {
      ...pod,
      spec: {
        ...spec,
        ...(Object.keys(wanted).length > 0 ? { nodeSelector: { ...own, ...wanted } } : {}),
        ...(added.length > 0 ? { tolerations: [...given, ...added] } : {}),
      },
    },
  };
};
