/** Services and what leads to them. @spec https://kubernetes.io/docs/reference/kubernetes-api/service-resources/ */
import {
  atomicObject,
  atomicTexts,
  flag,
  int32,
  intOrText,
  listOf,
  object,
  text,
  textList,
  texts,
  tolerantKeyedList,
  tolerantSetOf,
} from './fragments.ts';
import { fieldsOfMessage } from './message-schemas.ts';
import { conditions, kindSchema, labelSelector, objectReference } from './metadata.ts';

const servicePort = object(
  {
    name: text,
    protocol: { type: 'string', default: 'TCP' },
    appProtocol: text,
    port: int32,
    targetPort: intOrText,
    nodePort: int32,
  },
  ['port'],
);

const loadBalancer = object({
  ingress: listOf(
    object({
      ip: text,
      hostname: text,
      ipMode: text,
      ports: listOf(object({ port: int32, protocol: text, error: text })),
    }),
  ),
});

export const service = kindSchema({
  spec: object({
    ports: tolerantKeyedList(['port', 'protocol'], servicePort),
    selector: atomicTexts,
    clusterIP: text,
    clusterIPs: textList,
    type: text,
    externalIPs: textList,
    sessionAffinity: text,
    loadBalancerIP: text,
    loadBalancerSourceRanges: textList,
    externalName: text,
    externalTrafficPolicy: text,
    healthCheckNodePort: int32,
    publishNotReadyAddresses: flag,
    sessionAffinityConfig: object({ clientIP: object({ timeoutSeconds: int32 }) }),
    ipFamilies: textList,
    ipFamilyPolicy: text,
    allocateLoadBalancerNodePorts: flag,
    loadBalancerClass: text,
    internalTrafficPolicy: text,
    trafficDistribution: text,
  }),
  status: object({ loadBalancer, conditions }),
});

export const endpointSlice = kindSchema(
  {
    addressType: text,
    endpoints: listOf(
      object(
        {
          addresses: tolerantSetOf(text),
          conditions: object({ ready: flag, serving: flag, terminating: flag }),
          hostname: text,
          targetRef: objectReference,
          deprecatedTopology: texts,
          nodeName: text,
          zone: text,
          hints: object(fieldsOfMessage('discovery/v1.EndpointHints')),
        },
        ['addresses'],
      ),
    ),
    ports: listOf(atomicObject({ name: text, protocol: text, port: int32, appProtocol: text })),
  },
  ['addressType'],
);

const ingressBackend = object({
  service: object({ name: text, port: atomicObject({ name: text, number: int32 }) }, ['name']),
  resource: atomicObject({ apiGroup: text, kind: text, name: text }, ['kind', 'name']),
});

export const ingress = kindSchema({
  spec: object({
    ingressClassName: text,
    defaultBackend: ingressBackend,
    tls: listOf(object({ hosts: textList, secretName: text })),
    rules: listOf(
      object({
        host: text,
        http: object({ paths: listOf(object({ path: text, pathType: text, backend: ingressBackend }, ['backend'])) }, [
          'paths',
        ]),
      }),
    ),
  }),
  status: object({ loadBalancer }),
});

export const ingressClass = kindSchema({
  spec: object({
    controller: text,
    parameters: object({ apiGroup: text, kind: text, name: text, scope: text, namespace: text }, ['kind', 'name']),
  }),
});

const peers = listOf(
  object({
    podSelector: labelSelector,
    namespaceSelector: labelSelector,
    ipBlock: object({ cidr: text, except: textList }, ['cidr']),
  }),
);
const policyPorts = listOf(object({ protocol: text, port: intOrText, endPort: int32 }));

export const networkPolicy = kindSchema({
  spec: object({
    podSelector: labelSelector,
    ingress: listOf(object({ ports: policyPorts, from: peers })),
    egress: listOf(object({ ports: policyPorts, to: peers })),
    policyTypes: textList,
  }),
});
