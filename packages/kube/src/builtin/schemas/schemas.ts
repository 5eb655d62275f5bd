/** The schemas of the built-in kinds. */
import type { StructuralSchema } from '../../kinds/structural-schema.ts';
import {
  clusterRole,
  customResourceDefinition,
  event,
  eventV1,
  lease,
  namespace,
  node,
  priorityClass,
  role,
  roleBinding,
} from './cluster-kinds.ts';
import { gateway, gatewayClass, httpRoute } from './gateway-api.ts';
import { endpointSlice, ingress, ingressClass, networkPolicy, service } from './networking.ts';
import { fromMessage, ruled } from './message-schemas.ts';
import { pod } from './pod.ts';
import { configMap, persistentVolumeClaim, secret, serviceAccount, storageClass } from './storage.ts';
import {
  cronJob,
  daemonSet,
  deployment,
  job,
  podDisruptionBudget,
  podTemplateKind,
  replicaSet,
  replicationController,
  statefulSet,
} from './workloads.ts';

/** Schema of each built-in kind by `group/Kind`; kinds of the core group are `/Pod` and so on. */
export const BUILTIN_SCHEMAS: Readonly<Record<string, StructuralSchema>> = {
  '/Namespace': namespace,
  '/Pod': pod,
  '/Service': service,
  '/ConfigMap': configMap,
  '/Secret': secret,
  '/ServiceAccount': serviceAccount,
  '/Event': event,
  '/PersistentVolumeClaim': persistentVolumeClaim,
  '/Node': node,
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  'batch/Job': job,
  'batch/CronJob': cronJob,
  'events.k8s.io/Event': eventV1,
  'coordination.k8s.io/Lease': lease,
  'discovery.k8s.io/EndpointSlice': endpointSlice,
  'networking.k8s.io/Ingress': ingress,
  'networking.k8s.io/IngressClass': ingressClass,
  'networking.k8s.io/NetworkPolicy': networkPolicy,
  'gateway.networking.k8s.io/HTTPRoute': httpRoute,
  'gateway.networking.k8s.io/Gateway': gateway,
  'gateway.networking.k8s.io/GatewayClass': gatewayClass,
  'rbac.authorization.k8s.io/Role': role,
  'rbac.authorization.k8s.io/ClusterRole': clusterRole,
  'rbac.authorization.k8s.io/RoleBinding': roleBinding,
  'rbac.authorization.k8s.io/ClusterRoleBinding': roleBinding,
  'scheduling.k8s.io/PriorityClass': priorityClass,
  'storage.k8s.io/StorageClass': storageClass,
  'policy/PodDisruptionBudget': podDisruptionBudget,
  'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinition,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': ruled(
    'admissionregistration/v1.ValidatingWebhookConfiguration',
  ),
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': ruled(
    'admissionregistration/v1.MutatingWebhookConfiguration',
  ),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy': ruled('admissionregistration/v1.ValidatingAdmissionPolicy'),
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding': ruled(
    'admissionregistration/v1.ValidatingAdmissionPolicyBinding',
  ),
  'node.k8s.io/RuntimeClass': fromMessage('node/v1.RuntimeClass'),
  'flowcontrol.apiserver.k8s.io/FlowSchema': ruled('flowcontrol/v1.FlowSchema'),
  'flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration': fromMessage('flowcontrol/v1.PriorityLevelConfiguration'),
  'certificates.k8s.io/CertificateSigningRequest': fromMessage('certificates/v1.CertificateSigningRequest'),
  'storage.k8s.io/CSIDriver': ruled('storage/v1.CSIDriver'),
  'storage.k8s.io/CSINode': ruled('storage/v1.CSINode'),
  'storage.k8s.io/CSIStorageCapacity': ruled('storage/v1.CSIStorageCapacity'),
  'storage.k8s.io/VolumeAttachment': ruled('storage/v1.VolumeAttachment'),
  '/PersistentVolume': fromMessage('core/v1.PersistentVolume'),
  '/ReplicationController': replicationController,
  '/ResourceQuota': ruled('core/v1.ResourceQuota'),
  '/LimitRange': ruled('core/v1.LimitRange'),
  '/PodTemplate': podTemplateKind,
  '/Endpoints': ruled('core/v1.Endpoints'),
  'apps/ControllerRevision': ruled('apps/v1.ControllerRevision'),
  'autoscaling/HorizontalPodAutoscaler': ruled('autoscaling/v2.HorizontalPodAutoscaler'),
  'autoscaling/v1/HorizontalPodAutoscaler': ruled('autoscaling/v1.HorizontalPodAutoscaler'),
};
