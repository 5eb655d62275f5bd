/** Affinity of pods to nodes and to each other. @spec https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#NodeAffinity */
import { atomicObject, int32, listOf, object, text, textList } from './fragments.ts';
import { labelSelector } from './metadata.ts';

const requirements = listOf(object({ key: text, operator: text, values: textList }, ['key', 'operator']));

export const nodeSelectorTerm = atomicObject({ matchExpressions: requirements, matchFields: requirements });
export const nodeSelector = atomicObject({ nodeSelectorTerms: listOf(nodeSelectorTerm) }, ['nodeSelectorTerms']);

const podAffinityTerm = object(
  {
    labelSelector,
    namespaces: textList,
    topologyKey: text,
    namespaceSelector: labelSelector,
    matchLabelKeys: textList,
    mismatchLabelKeys: textList,
  },
  ['topologyKey'],
);

const podAffinity = object({
  requiredDuringSchedulingIgnoredDuringExecution: listOf(podAffinityTerm),
  preferredDuringSchedulingIgnoredDuringExecution: listOf(
    object({ weight: int32, podAffinityTerm }, ['weight', 'podAffinityTerm']),
  ),
});

export const affinity = object({
  nodeAffinity: object({
    requiredDuringSchedulingIgnoredDuringExecution: nodeSelector,
    preferredDuringSchedulingIgnoredDuringExecution: listOf(
      object({ weight: int32, preference: nodeSelectorTerm }, ['weight']),
    ),
  }),
  podAffinity,
  podAntiAffinity: podAffinity,
});
