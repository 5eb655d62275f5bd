/** Messages of node/v1; written by packages/kube/generate/message-tables.mjs. */
export const NODE_V1 = `
Overhead
  1 podFixed {Quantity} go:v1.ResourceList
RuntimeClass
  1 metadata meta.ObjectMeta
  2 handler string ! required
  3 overhead Overhead ?
  4 scheduling Scheduling ?
Scheduling
  1 nodeSelector {string} atomic
  2 tolerations [core/v1.Toleration] atomic
`;
