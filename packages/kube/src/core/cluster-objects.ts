/**
 * The built-in kinds this program reads and writes, as types: namespaces, configuration, networking, events, leases.
 * @spec https://kubernetes.io/docs/reference/kubernetes-api/
 */
import { resourceType, type Condition, type KubeObject, type StringMap } from '../objects/object.ts';
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import type { PrinterColumn, ScalePaths } from '../kinds/kind-definition.ts';

export type Namespace = KubeObject<
  { readonly finalizers?: readonly string[] },
  { readonly phase?: 'Active' | 'Terminating'; readonly conditions?: readonly Condition[] }
>;

export type Node = KubeObject<
  {
    readonly unschedulable?: boolean;
    readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[];
  },
  {
    readonly conditions?: readonly Condition[];
    readonly allocatable?: Readonly<Record<string, string | number>>;
    readonly capacity?: Readonly<Record<string, string | number>>;
  }
>;

export interface ConfigMap extends KubeObject {
  readonly data?: StringMap;
  /** Base64. */
  readonly binaryData?: StringMap;
  readonly immutable?: boolean;
}

export interface Secret extends KubeObject {
  readonly type?: string;
  /** Base64. */
  readonly data?: StringMap;
  /** Write-only plain text, folded into `data`. */
  readonly stringData?: StringMap;
  readonly immutable?: boolean;
}

export interface ServiceAccount extends KubeObject {
  readonly secrets?: readonly { readonly name?: string }[];
  readonly automountServiceAccountToken?: boolean;
}

export interface ServicePort {
  readonly name?: string;
  readonly protocol?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly nodePort?: number;
  readonly appProtocol?: string;
}

export interface ServiceSpec {
  readonly selector?: StringMap;
  readonly ports?: readonly ServicePort[];
  readonly type?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
  readonly externalName?: string;
  readonly externalIPs?: readonly string[];
  readonly publishNotReadyAddresses?: boolean;
  /** Whether a load balancer's ports are reached through the node as well; true when absent. */
  readonly allocateLoadBalancerNodePorts?: boolean;
  readonly ipFamilies?: readonly string[];
  readonly ipFamilyPolicy?: string;
  readonly externalTrafficPolicy?: string;
  readonly internalTrafficPolicy?: string;
  readonly healthCheckNodePort?: number;
  readonly loadBalancerClass?: string;
}

export type Service = KubeObject<
  ServiceSpec,
  {
    readonly loadBalancer?: {
      readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string; readonly ipMode?: string }[];
    };
  }
>;

export interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
  readonly targetRef?: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
  };
  readonly nodeName?: string;
  readonly hostname?: string;
}

export interface EndpointSlice extends KubeObject {
  readonly addressType: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly port?: number;
    readonly protocol?: string;
    readonly appProtocol?: string;
  }[];
}

export interface EndpointAddress {
  readonly ip: string;
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly targetRef?: Endpoint['targetRef'];
}

export interface EndpointPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** Addresses that share their ports. */
export interface EndpointSubset {
  readonly addresses?: readonly EndpointAddress[];
  readonly notReadyAddresses?: readonly EndpointAddress[];
  readonly ports?: readonly EndpointPort[];
}

/** The older form of slices; users write it for services without a selector. */
export interface Endpoints extends KubeObject {
  readonly subsets?: readonly EndpointSubset[];
}

/** An event of the core group, as `kubectl describe` reads it. */
export interface CoreEvent extends KubeObject {
  readonly involvedObject: {
    readonly kind?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly apiVersion?: string;
    readonly resourceVersion?: string;
    readonly fieldPath?: string;
  };
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly count?: number;
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string | null;
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
}

export type Lease = KubeObject<{
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}>;

export interface IngressBackend {
  readonly service?: { readonly name: string; readonly port?: { readonly name?: string; readonly number?: number } };
  readonly resource?: Readonly<Record<string, unknown>>;
}

export interface IngressSpec {
  readonly ingressClassName?: string;
  readonly defaultBackend?: IngressBackend;
  readonly rules?: readonly {
    readonly host?: string;
    readonly http?: {
      readonly paths: readonly {
        readonly path?: string;
        readonly pathType: string;
        readonly backend: IngressBackend;
      }[];
    };
  }[];
  readonly tls?: readonly { readonly hosts?: readonly string[]; readonly secretName?: string }[];
}

export type Ingress = KubeObject<
  IngressSpec,
  {
    readonly loadBalancer?: {
      readonly ingress?: readonly {
        readonly ip?: string;
        readonly hostname?: string;
        readonly ports?: readonly { readonly port: number; readonly protocol: string }[];
      }[];
    };
  }
>;

export type IngressClass = KubeObject<{
  readonly controller?: string;
  readonly parameters?: {
    readonly apiGroup?: string;
    readonly kind: string;
    readonly name: string;
    readonly scope?: string;
    readonly namespace?: string;
  };
}>;

export interface CustomResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: StructuralSchema };
  readonly subresources?: { readonly status?: Readonly<Record<string, never>>; readonly scale?: ScalePaths };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

export interface CustomResourceNames {
  readonly plural: string;
  readonly singular?: string;
  readonly kind: string;
  readonly listKind?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

export type CustomResourceDefinition = KubeObject<
  {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: CustomResourceNames;
    readonly versions: readonly CustomResourceVersion[];
    readonly preserveUnknownFields?: boolean;
    readonly conversion?: Readonly<Record<string, unknown>>;
  },
  {
    readonly conditions?: readonly Condition[];
    readonly acceptedNames?: CustomResourceNames;
    readonly storedVersions?: readonly string[];
  }
>;

export const NAMESPACES = resourceType<Namespace>({
  group: '',
  version: 'v1',
  resource: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
});
export const NODES = resourceType<Node>({
  group: '',
  version: 'v1',
  resource: 'nodes',
  kind: 'Node',
  namespaced: false,
});
export const CONFIG_MAPS = resourceType<ConfigMap>({
  group: '',
  version: 'v1',
  resource: 'configmaps',
  kind: 'ConfigMap',
  namespaced: true,
});
export const SECRETS = resourceType<Secret>({
  group: '',
  version: 'v1',
  resource: 'secrets',
  kind: 'Secret',
  namespaced: true,
});
export const SERVICE_ACCOUNTS = resourceType<ServiceAccount>({
  group: '',
  version: 'v1',
  resource: 'serviceaccounts',
  kind: 'ServiceAccount',
  namespaced: true,
});
export const SERVICES = resourceType<Service>({
  group: '',
  version: 'v1',
  resource: 'services',
  kind: 'Service',
  namespaced: true,
});
export const CORE_EVENTS = resourceType<CoreEvent>({
  group: '',
  version: 'v1',
  resource: 'events',
  kind: 'Event',
  namespaced: true,
});
export const ENDPOINT_SLICES = resourceType<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  resource: 'endpointslices',
  kind: 'EndpointSlice',
  namespaced: true,
});
export const ENDPOINTS = resourceType<Endpoints>({
  group: '',
  version: 'v1',
  resource: 'endpoints',
  kind: 'Endpoints',
  namespaced: true,
});
export const LEASES = resourceType<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  resource: 'leases',
  kind: 'Lease',
  namespaced: true,
});
export const INGRESSES = resourceType<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  resource: 'ingresses',
  kind: 'Ingress',
  namespaced: true,
});
export const INGRESS_CLASSES = resourceType<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  resource: 'ingressclasses',
  kind: 'IngressClass',
  namespaced: false,
});
export const CUSTOM_RESOURCE_DEFINITIONS = resourceType<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  resource: 'customresourcedefinitions',
  kind: 'CustomResourceDefinition',
  namespaced: false,
});
