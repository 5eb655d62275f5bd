/**
 * What the components of a cluster, and those who extend it, may do, as a table.
 * @upstream kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go
 */

/** Verbs, groups (`core` is the one without a name) and resources or paths, and names where only these are meant. */
export type RuleRow = readonly [verbs: string, groups: string, resources: string, names?: string];

const READ = 'get list watch';

/** Cluster roles by name. */
export const COMPONENT_ROLES: Readonly<Record<string, readonly RuleRow[]>> = {
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': [
    ['create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient'],
  ],
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': [
    ['create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient'],
  ],
  'system:certificates.k8s.io:kube-apiserver-client-approver': [
    ['approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client'],
  ],
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': [
    ['approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'],
  ],
  'system:certificates.k8s.io:kubelet-serving-approver': [
    ['approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kubelet-serving'],
  ],
  'system:certificates.k8s.io:legacy-unknown-approver': [
    ['approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/legacy-unknown'],
  ],
  'system:heapster': [
    [READ, 'core', 'events namespaces nodes pods'],
    [READ, 'extensions', 'deployments'],
  ],
  'system:kube-aggregator': [[READ, 'core', 'endpoints services']],
  'system:kube-controller-manager': [
    ['create patch update', 'core events.k8s.io', 'events'],
    ['create', 'coordination.k8s.io', 'leases'],
    ['get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'],
    ['create', 'core', 'secrets serviceaccounts'],
    ['delete', 'core', 'secrets'],
    ['get', 'core', 'configmaps namespaces secrets serviceaccounts'],
    ['update', 'core', 'secrets serviceaccounts'],
    ['create', 'authentication.k8s.io', 'tokenreviews'],
    ['create', 'authorization.k8s.io', 'subjectaccessreviews'],
    ['list watch', '*', '*'],
    ['create', 'core', 'serviceaccounts/token'],
  ],
  'system:kube-dns': [['list watch', 'core', 'endpoints services']],
  'system:kube-scheduler': [
    ['create patch update', 'core events.k8s.io', 'events'],
    ['create', 'coordination.k8s.io', 'leases'],
    ['get list update watch', 'coordination.k8s.io', 'leases', 'kube-scheduler'],
    ['create delete deletecollection get list patch update watch', 'coordination.k8s.io', 'leasecandidates'],
    [READ, 'core', 'nodes'],
    ['delete get list watch', 'core', 'pods'],
    ['create', 'core', 'bindings pods/binding'],
    ['patch update', 'core', 'pods/status'],
    [READ, 'core', 'replicationcontrollers services'],
    [READ, 'apps extensions', 'replicasets'],
    [READ, 'apps', 'statefulsets'],
    [READ, 'policy', 'poddisruptionbudgets'],
    [READ, 'core', 'persistentvolumeclaims persistentvolumes'],
    ['create', 'authentication.k8s.io', 'tokenreviews'],
    ['create', 'authorization.k8s.io', 'subjectaccessreviews'],
    [READ, 'storage.k8s.io', 'csinodes'],
    [READ, 'storage.k8s.io', 'volumeattachments'],
    [READ, 'core', 'namespaces'],
    [READ, 'storage.k8s.io', 'csidrivers'],
    [READ, 'storage.k8s.io', 'csistoragecapacities'],
  ],
  'system:kubelet-api-admin': [
    [READ, 'core', 'nodes'],
    ['proxy', 'core', 'nodes'],
    ['*', 'core', 'nodes/log nodes/metrics nodes/proxy nodes/stats'],
  ],
  'system:monitoring': [['get', '', '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*']],
  'system:node': [
    ['create', 'authentication.k8s.io', 'tokenreviews'],
    ['create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'],
    [READ, 'core', 'services'],
    ['create get list watch', 'core', 'nodes'],
    ['patch update', 'core', 'nodes/status'],
    ['patch update', 'core', 'nodes'],
    ['create patch update', 'core', 'events'],
    [READ, 'core', 'pods'],
    ['create delete', 'core', 'pods'],
    ['patch update', 'core', 'pods/status'],
    ['create', 'core', 'pods/eviction'],
    [READ, 'core', 'configmaps secrets'],
    ['get', 'core', 'persistentvolumeclaims persistentvolumes'],
    ['get', 'core', 'endpoints'],
    ['create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'],
    ['create delete get patch update', 'coordination.k8s.io', 'leases'],
    ['get', 'storage.k8s.io', 'volumeattachments'],
    ['create', 'core', 'serviceaccounts/token'],
    ['get patch update', 'core', 'persistentvolumeclaims/status'],
    [READ, 'storage.k8s.io', 'csidrivers'],
    ['create delete get patch update', 'storage.k8s.io', 'csinodes'],
    [READ, 'node.k8s.io', 'runtimeclasses'],
  ],
  'system:node-bootstrapper': [['create get list watch', 'certificates.k8s.io', 'certificatesigningrequests']],
  'system:node-problem-detector': [
    ['get', 'core', 'nodes'],
    ['patch', 'core', 'nodes/status'],
    ['create patch update', 'core events.k8s.io', 'events'],
  ],
  'system:node-proxier': [
    ['list watch', 'core', 'endpoints services'],
    [READ, 'core', 'nodes'],
    ['create patch update', 'core events.k8s.io', 'events'],
    ['list watch', 'discovery.k8s.io', 'endpointslices'],
  ],
  'system:persistent-volume-provisioner': [
    ['create delete get list watch', 'core', 'persistentvolumes'],
    ['get list update watch', 'core', 'persistentvolumeclaims'],
    [READ, 'storage.k8s.io', 'storageclasses'],
    ['watch', 'core', 'events'],
    ['create patch update', 'core events.k8s.io', 'events'],
  ],
  'system:public-info-viewer': [['get', '', '/healthz /livez /readyz /version /version/']],
  'system:service-account-issuer-discovery': [
    [
      'get',
      '',
      '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
    ],
  ],
  'system:volume-scheduler': [
    ['get list patch update watch', 'core', 'persistentvolumes'],
    [READ, 'storage.k8s.io', 'storageclasses'],
    ['get list patch update watch', 'core', 'persistentvolumeclaims'],
  ],
};

/** Roles by namespace and name. */
export const NAMESPACE_ROLES: Readonly<Record<string, readonly RuleRow[]>> = {
  'kube-public/system:controller:bootstrap-signer': [
    [READ, 'core', 'configmaps'],
    ['update', 'core', 'configmaps', 'cluster-info'],
    ['create patch update', 'core events.k8s.io', 'events'],
  ],
  'kube-system/extension-apiserver-authentication-reader': [
    [READ, 'core', 'configmaps', 'extension-apiserver-authentication'],
  ],
  'kube-system/system::leader-locking-kube-controller-manager': [
    ['watch', 'core', 'configmaps'],
    ['get update', 'core', 'configmaps', 'kube-controller-manager'],
    ['create get list update watch', 'coordination.k8s.io', 'leases'],
    ['create get list update watch', 'coordination.k8s.io', 'leasecandidates'],
  ],
  'kube-system/system::leader-locking-kube-scheduler': [
    ['watch', 'core', 'configmaps'],
    ['get update', 'core', 'configmaps', 'kube-scheduler'],
    ['create get list update watch', 'coordination.k8s.io', 'leases'],
    ['create get list update watch', 'coordination.k8s.io', 'leasecandidates'],
  ],
  'kube-system/system:controller:bootstrap-signer': [[READ, 'core', 'secrets']],
  'kube-system/system:controller:cloud-provider': [['create get list watch', 'core', 'configmaps']],
  'kube-system/system:controller:token-cleaner': [
    ['delete get list watch', 'core', 'secrets'],
    ['create patch update', 'core events.k8s.io', 'events'],
  ],
};
