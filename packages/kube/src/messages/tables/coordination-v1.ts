/** Messages of coordination/v1; written by packages/kube/generate/message-tables.mjs. */
export const COORDINATION_V1 = `
Lease
  1 metadata meta.ObjectMeta
  2 spec LeaseSpec
LeaseSpec
  1 holderIdentity string ?
  2 leaseDurationSeconds int32 ?
  3 acquireTime MicroTime ?
  4 renewTime MicroTime ?
  5 leaseTransitions int32 ?
  6 strategy string ? go:v1.CoordinatedLeaseStrategy
  7 preferredHolder string ?
`;
