/** Pods and templates of pods. @spec https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ */
import {
  container,
  ephemeralContainer,
  resources,
  seccompProfile,
  seLinuxOptions,
  windowsOptions,
} from './container.ts';
import {
  atomicTexts,
  flag,
  int32,
  int64,
  keyedList,
  listOf,
  object,
  open,
  quantities,
  text,
  textList,
  time,
  tolerantKeyedList,
} from './fragments.ts';
import { affinity } from './affinity.ts';
import { fieldsOfMessage } from './message-schemas.ts';
import { conditions, kindSchema, labelSelector, localObjectReference, objectMeta } from './metadata.ts';
import { volume } from './volumes.ts';

const podSecurityContext = object({
  seLinuxOptions,
  windowsOptions,
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: flag,
  supplementalGroups: listOf(int64),
  supplementalGroupsPolicy: text,
  fsGroup: int64,
  sysctls: listOf(object({ name: text, value: text }, ['name'])),
  fsGroupChangePolicy: text,
  seccompProfile,
  appArmorProfile: seccompProfile,
  seLinuxChangePolicy: text,
});

const toleration = object({ key: text, operator: text, value: text, effect: text, tolerationSeconds: int64 });

const topologySpread = object(
  {
    maxSkew: int32,
    topologyKey: text,
    whenUnsatisfiable: text,
    labelSelector,
    minDomains: int32,
    nodeAffinityPolicy: text,
    nodeTaintsPolicy: text,
    matchLabelKeys: textList,
  },
  ['maxSkew', 'topologyKey', 'whenUnsatisfiable'],
);

const namedOnly = object({ name: text });

export const podSpec = object(
  {
    volumes: keyedList(['name'], volume, 'merge,retainKeys'),
    initContainers: keyedList(['name'], container),
    containers: keyedList(['name'], container),
    ephemeralContainers: keyedList(['name'], ephemeralContainer),
    restartPolicy: text,
    terminationGracePeriodSeconds: int64,
    activeDeadlineSeconds: int64,
    dnsPolicy: text,
    nodeSelector: atomicTexts,
    serviceAccountName: text,
    serviceAccount: text,
    automountServiceAccountToken: flag,
    nodeName: text,
    hostNetwork: flag,
    hostPID: flag,
    hostIPC: flag,
    shareProcessNamespace: flag,
    securityContext: podSecurityContext,
    imagePullSecrets: tolerantKeyedList(['name'], localObjectReference),
    hostname: text,
    hostnameOverride: text,
    subdomain: text,
    affinity,
    schedulerName: text,
    tolerations: listOf(toleration),
    hostAliases: tolerantKeyedList(['ip'], object({ ip: text, hostnames: textList }, ['ip'])),
    priorityClassName: text,
    priority: int32,
    preemptionPolicy: text,
    dnsConfig: object({
      nameservers: textList,
      searches: textList,
      options: listOf(object({ name: text, value: text })),
    }),
    readinessGates: listOf(object({ conditionType: text }, ['conditionType'])),
    runtimeClassName: text,
    enableServiceLinks: flag,
    overhead: quantities,
    topologySpreadConstraints: tolerantKeyedList(['topologyKey', 'whenUnsatisfiable'], topologySpread),
    setHostnameAsFQDN: flag,
    os: namedOnly,
    hostUsers: flag,
    schedulingGates: keyedList(['name'], namedOnly),
    resourceClaims: keyedList(
      ['name'],
      object({ name: text, resourceClaimName: text, resourceClaimTemplateName: text }, ['name']),
      'merge,retainKeys',
    ),
    resources,
    workloadRef: open,
  },
  ['containers'],
);

const containerState = object({
  waiting: object({ reason: text, message: text }),
  running: object({ startedAt: time }),
  terminated: object({
    exitCode: int32,
    signal: int32,
    reason: text,
    message: text,
    startedAt: time,
    finishedAt: time,
    containerID: text,
  }),
});

const containerStatuses = listOf(
  object({
    ...fieldsOfMessage('core/v1.ContainerStatus'),
    name: text,
    state: containerState,
    lastState: containerState,
    ready: flag,
    restartCount: int32,
    image: text,
    imageID: text,
    containerID: text,
    started: flag,
    allocatedResources: quantities,
    resources,
    stopSignal: text,
  }),
);

const podStatus = object({
  ...fieldsOfMessage('core/v1.PodStatus'),
  observedGeneration: int64,
  phase: text,
  conditions,
  message: text,
  reason: text,
  nominatedNodeName: text,
  hostIP: text,
  hostIPs: listOf(object({ ip: text })),
  podIP: text,
  podIPs: keyedList(['ip'], object({ ip: text })),
  startTime: time,
  initContainerStatuses: containerStatuses,
  containerStatuses,
  ephemeralContainerStatuses: containerStatuses,
  qosClass: text,
  resize: text,
  extendedResourceClaimStatus: open,
  allocatedResources: quantities,
  resources,
});

export const podTemplate = object({ metadata: objectMeta, spec: podSpec });
export const pod = kindSchema({ spec: podSpec, status: podStatus }, ['spec']);
