/**
 * Where names of other objects stand, by the kind that is named: when a name changes, these fields follow.
 * @upstream sigs.k8s.io/kustomize/api/internal/konfig/builtinpluginconsts/namereference.go
 */
import type { FieldSpec, NameReference } from './field-spec.ts';
import { inPods, type PodHolder } from './pod-holders.ts';

const TEMPLATED: readonly PodHolder[] = [
  'Pod/v1',
  'PodTemplate',
  'Deployment',
  'ReplicaSet',
  'DaemonSet',
  'StatefulSet',
  'Job',
  'CronJob',
];
const CONTROLLED: readonly PodHolder[] = [
  'Pod',
  'StatefulSet',
  'Deployment',
  'ReplicationController',
  'DaemonSet',
  'CronJob',
  'Job',
];
const SCALED: readonly FieldSpec[] = [{ path: 'spec/scaleTargetRef/name', kind: 'HorizontalPodAutoscaler' }];

export const NAME_REFERENCES: readonly NameReference[] = [
  {
    kind: 'Deployment',
    referrers: SCALED,
  },
  {
    kind: 'ReplicationController',
    referrers: SCALED,
  },
  {
    kind: 'ReplicaSet',
    referrers: SCALED,
  },
  {
    kind: 'StatefulSet',
    referrers: SCALED,
  },
  {
    version: 'v1',
    kind: 'ConfigMap',
    referrers: [
      ...inPods(TEMPLATED, [
        'volumes/configMap/name',
        'containers/env/valueFrom/configMapKeyRef/name',
        'initContainers/env/valueFrom/configMapKeyRef/name',
        'containers/envFrom/configMapRef/name',
        'initContainers/envFrom/configMapRef/name',
        'volumes/projected/sources/configMap/name',
      ]),
      { path: 'spec/configSource/configMap', kind: 'Node' },
      { path: 'rules/resourceNames', kind: 'Role' },
      { path: 'rules/resourceNames', kind: 'ClusterRole' },
      { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap', kind: 'Ingress' },
    ],
  },
  {
    version: 'v1',
    kind: 'Secret',
    referrers: [
      ...inPods(TEMPLATED, [
        'volumes/secret/secretName',
        'containers/env/valueFrom/secretKeyRef/name',
        'initContainers/env/valueFrom/secretKeyRef/name',
        'containers/envFrom/secretRef/name',
        'initContainers/envFrom/secretRef/name',
        'imagePullSecrets/name',
        'volumes/projected/sources/secret/name',
      ]),
      { path: 'spec/tls/secretName', kind: 'Ingress' },
      { path: 'metadata/annotations/ingress.kubernetes.io\\/auth-secret', kind: 'Ingress' },
      { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret', kind: 'Ingress' },
      { path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret', kind: 'Ingress' },
      { path: 'spec/tls/secretName', kind: 'Ingress' },
      { path: 'imagePullSecrets/name', kind: 'ServiceAccount' },
      { path: 'parameters/secretName', kind: 'StorageClass' },
      { path: 'parameters/adminSecretName', kind: 'StorageClass' },
      { path: 'parameters/userSecretName', kind: 'StorageClass' },
      { path: 'parameters/secretRef', kind: 'StorageClass' },
      { path: 'rules/resourceNames', kind: 'Role' },
      { path: 'rules/resourceNames', kind: 'ClusterRole' },
      {
        path: 'spec/template/spec/containers/env/valueFrom/secretKeyRef/name',
        group: 'serving.knative.dev',
        version: 'v1',
        kind: 'Service',
      },
      { path: 'spec/azureFile/secretName', kind: 'PersistentVolume' },
    ],
  },
  {
    version: 'v1',
    kind: 'Service',
    referrers: [
      { path: 'spec/serviceName', group: 'apps', kind: 'StatefulSet' },
      { path: 'spec/rules/http/paths/backend/serviceName', kind: 'Ingress' },
      { path: 'spec/backend/serviceName', kind: 'Ingress' },
      { path: 'spec/rules/http/paths/backend/service/name', kind: 'Ingress' },
      { path: 'spec/defaultBackend/service/name', kind: 'Ingress' },
      { path: 'spec/service/name', group: 'apiregistration.k8s.io', kind: 'APIService' },
      {
        path: 'webhooks/clientConfig/service',
        group: 'admissionregistration.k8s.io',
        kind: 'ValidatingWebhookConfiguration',
      },
      {
        path: 'webhooks/clientConfig/service',
        group: 'admissionregistration.k8s.io',
        kind: 'MutatingWebhookConfiguration',
      },
    ],
  },
  {
    group: 'rbac.authorization.k8s.io',
    kind: 'Role',
    referrers: [{ path: 'roleRef/name', group: 'rbac.authorization.k8s.io', kind: 'RoleBinding' }],
  },
  {
    group: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    referrers: [
      { path: 'roleRef/name', group: 'rbac.authorization.k8s.io', kind: 'RoleBinding' },
      { path: 'roleRef/name', group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  },
  {
    version: 'v1',
    kind: 'ServiceAccount',
    referrers: [
      ...inPods(CONTROLLED, ['serviceAccountName']),
      { path: 'subjects', group: 'rbac.authorization.k8s.io', kind: 'RoleBinding' },
      { path: 'subjects', group: 'rbac.authorization.k8s.io', kind: 'ClusterRoleBinding' },
    ],
  },
  {
    version: 'v1',
    kind: 'PersistentVolumeClaim',
    referrers: [...inPods(CONTROLLED, ['volumes/persistentVolumeClaim/claimName'])],
  },
  {
    version: 'v1',
    kind: 'PersistentVolume',
    referrers: [
      { path: 'spec/volumeName', kind: 'PersistentVolumeClaim' },
      { path: 'rules/resourceNames', kind: 'ClusterRole' },
    ],
  },
  {
    group: 'storage.k8s.io',
    version: 'v1',
    kind: 'StorageClass',
    referrers: [
      { path: 'spec/storageClassName', kind: 'PersistentVolume' },
      { path: 'spec/storageClassName', kind: 'PersistentVolumeClaim' },
      { path: 'spec/volumeClaimTemplates/spec/storageClassName', kind: 'StatefulSet' },
    ],
  },
  {
    group: 'scheduling.k8s.io',
    version: 'v1',
    kind: 'PriorityClass',
    referrers: [...inPods(CONTROLLED, ['priorityClassName'])],
  },
  {
    group: 'networking.k8s.io/v1',
    version: 'v1',
    kind: 'IngressClass',
    referrers: [{ path: 'spec/ingressClassName', kind: 'Ingress' }],
  },
  {
    group: 'admissionregistration.k8s.io',
    kind: 'ValidatingAdmissionPolicy',
    referrers: [
      { path: 'spec/policyName', group: 'admissionregistration.k8s.io', kind: 'ValidatingAdmissionPolicyBinding' },
    ],
  },
];
