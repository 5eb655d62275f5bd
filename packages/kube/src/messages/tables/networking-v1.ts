/** Messages of networking/v1; written by packages/kube/generate/message-tables.mjs. */
export const NETWORKING_V1 = `
HTTPIngressPath
  1 path string
  3 pathType string ? ! required go:v1.PathType
  2 backend IngressBackend ! required
HTTPIngressRuleValue
  1 paths [HTTPIngressPath] ! required atomic
IPBlock
  1 cidr string ! required
  2 except [string] atomic
Ingress
  1 metadata meta.ObjectMeta
  2 spec IngressSpec
  3 status IngressStatus
IngressBackend
  4 service IngressServiceBackend ?
  3 resource core/v1.TypedLocalObjectReference ?
IngressClass
  1 metadata meta.ObjectMeta
  2 spec IngressClassSpec
IngressClassParametersReference
  1 apiGroup string ?
  2 kind string ! required
  3 name string ! required
  4 scope string ? !
  5 namespace string ?
IngressClassSpec
  1 controller string
  2 parameters IngressClassParametersReference ?
IngressLoadBalancerIngress
  1 ip string
  2 hostname string
  4 ports [IngressPortStatus] atomic
IngressLoadBalancerStatus
  1 ingress [IngressLoadBalancerIngress] atomic
IngressPortStatus
  1 port int32 ! required
  2 protocol string ! required go:v1.Protocol
  3 error string ?
IngressRule
  1 host string
  2 ... IngressRuleValue
IngressRuleValue
  1 http HTTPIngressRuleValue ?
IngressServiceBackend
  1 name string ! required
  2 port ServiceBackendPort
IngressSpec
  4 ingressClassName string ?
  1 defaultBackend IngressBackend ?
  2 tls [IngressTLS] atomic
  3 rules [IngressRule] atomic
IngressStatus
  1 loadBalancer IngressLoadBalancerStatus
IngressTLS
  1 hosts [string] atomic
  2 secretName string
NetworkPolicy
  1 metadata meta.ObjectMeta
  2 spec NetworkPolicySpec
NetworkPolicyEgressRule
  1 ports [NetworkPolicyPort] atomic
  2 to [NetworkPolicyPeer] atomic
NetworkPolicyIngressRule
  1 ports [NetworkPolicyPort] atomic
  2 from [NetworkPolicyPeer] atomic
NetworkPolicyPeer
  1 podSelector meta.LabelSelector ?
  2 namespaceSelector meta.LabelSelector ?
  3 ipBlock IPBlock ?
NetworkPolicyPort
  1 protocol string ? go:v1.Protocol
  2 port IntOrString ?
  3 endPort int32 ?
NetworkPolicySpec
  1 podSelector meta.LabelSelector ! required
  2 ingress [NetworkPolicyIngressRule] atomic
  3 egress [NetworkPolicyEgressRule] atomic
  4 policyTypes [string] atomic go:[]v1.PolicyType
ServiceBackendPort
  atomic
  1 name string
  2 number int32
`;
