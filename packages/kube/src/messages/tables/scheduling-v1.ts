/** Messages of scheduling/v1; written by packages/kube/generate/message-tables.mjs. */
export const SCHEDULING_V1 = `
PriorityClass
  1 metadata meta.ObjectMeta
  2 value int32 ! required
  3 globalDefault bool
  4 description string
  5 preemptionPolicy string ? go:v1.PreemptionPolicy
`;
