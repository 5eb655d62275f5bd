/** Messages of discovery/v1; written by packages/kube/generate/message-tables.mjs. */
export const DISCOVERY_V1 = `
Endpoint
  1 addresses [string] ! required set
  2 conditions EndpointConditions
  3 hostname string ?
  4 targetRef core/v1.ObjectReference ?
  5 deprecatedTopology {string}
  6 nodeName string ?
  7 zone string ?
  8 hints EndpointHints ?
EndpointConditions
  1 ready bool ?
  2 serving bool ?
  3 terminating bool ?
EndpointHints
  1 forZones [ForZone] atomic
EndpointPort
  atomic
  1 name string ?
  2 protocol string ? go:v1.Protocol
  3 port int32 ?
  4 appProtocol string ?
EndpointSlice
  1 metadata meta.ObjectMeta
  4 addressType string ! required go:v1.AddressType
  2 endpoints [Endpoint] ! required atomic
  3 ports [EndpointPort] ! atomic
ForZone
  1 name string ! required
`;
