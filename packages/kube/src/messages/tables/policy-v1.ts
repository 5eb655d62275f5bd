/** Messages of policy/v1; written by packages/kube/generate/message-tables.mjs. */
export const POLICY_V1 = `
Eviction
  1 metadata meta.ObjectMeta
  2 deleteOptions meta.DeleteOptions ?
PodDisruptionBudget
  1 metadata meta.ObjectMeta
  2 spec PodDisruptionBudgetSpec
  3 status PodDisruptionBudgetStatus
PodDisruptionBudgetSpec
  1 minAvailable IntOrString ?
  2 selector meta.LabelSelector ? patch:replace
  3 maxUnavailable IntOrString ?
  4 unhealthyPodEvictionPolicy string ? go:v1.UnhealthyPodEvictionPolicyType
PodDisruptionBudgetStatus
  1 observedGeneration int64
  2 disruptedPods {Time}
  3 disruptionsAllowed int32 ! required
  4 currentHealthy int32 ! required
  5 desiredHealthy int32 ! required
  6 expectedPods int32 ! required
  7 conditions [meta.Condition] map:type patch:merge/type
`;
