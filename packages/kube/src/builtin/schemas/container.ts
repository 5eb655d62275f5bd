/** Containers of pods. @spec https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container */
import {
  atomicObject,
  flag,
  int32,
  int64,
  intOrText,
  keyedList,
  listOf,
  object,
  quantities,
  quantity,
  setOf,
  text,
  textList,
  tolerantKeyedList,
} from './fragments.ts';

const keySelector = atomicObject({ name: text, key: text, optional: flag }, ['key']);
export const fieldRef = atomicObject({ apiVersion: text, fieldPath: text }, ['fieldPath']);
export const resourceFieldRef = atomicObject({ containerName: text, resource: text, divisor: quantity }, ['resource']);
const optionalReference = object({ name: text, optional: flag });

const envVar = object(
  {
    name: text,
    value: text,
    valueFrom: object({
      fieldRef,
      resourceFieldRef,
      configMapKeyRef: keySelector,
      secretKeyRef: keySelector,
      fileKeyRef: atomicObject({ volumeName: text, path: text, key: text, optional: flag }),
    }),
  },
  ['name'],
);

const httpGet = object(
  {
    path: text,
    port: intOrText,
    host: text,
    scheme: text,
    httpHeaders: listOf(object({ name: text, value: text }, ['name', 'value'])),
  },
  ['port'],
);
const exec = object({ command: textList });
const tcpSocket = object({ port: intOrText, host: text }, ['port']);
const lifecycleHandler = object({ exec, httpGet, tcpSocket, sleep: object({ seconds: int64 }, ['seconds']) });

const probe = object({
  exec,
  httpGet,
  tcpSocket,
  grpc: object({ port: int32, service: text }, ['port']),
  initialDelaySeconds: int32,
  timeoutSeconds: int32,
  periodSeconds: int32,
  successThreshold: int32,
  failureThreshold: int32,
  terminationGracePeriodSeconds: int64,
});

export const seLinuxOptions = object({ user: text, role: text, type: text, level: text });
export const windowsOptions = object({
  gmsaCredentialSpecName: text,
  gmsaCredentialSpec: text,
  runAsUserName: text,
  hostProcess: flag,
});
export const seccompProfile = object({ type: text, localhostProfile: text }, ['type']);

const securityContext = object({
  capabilities: object({ add: textList, drop: textList }),
  privileged: flag,
  seLinuxOptions,
  windowsOptions,
  runAsUser: int64,
  runAsGroup: int64,
  runAsNonRoot: flag,
  readOnlyRootFilesystem: flag,
  allowPrivilegeEscalation: flag,
  procMount: text,
  seccompProfile,
  appArmorProfile: seccompProfile,
});

export const resources = object({
  limits: quantities,
  requests: quantities,
  claims: keyedList(['name'], object({ name: text, request: text }, ['name'])),
});

const containerPort = object(
  {
    name: text,
    hostPort: int32,
    containerPort: int32,
    protocol: { type: 'string', default: 'TCP' },
    hostIP: text,
  },
  ['containerPort'],
);

const volumeMount = object(
  {
    name: text,
    readOnly: flag,
    recursiveReadOnly: text,
    mountPath: text,
    subPath: text,
    mountPropagation: text,
    subPathExpr: text,
  },
  ['name', 'mountPath'],
);

const members = {
  name: text,
  image: text,
  command: textList,
  args: textList,
  workingDir: text,
  ports: tolerantKeyedList(['containerPort', 'protocol'], containerPort),
  envFrom: listOf(object({ prefix: text, configMapRef: optionalReference, secretRef: optionalReference })),
  env: tolerantKeyedList(['name'], envVar),
  resources,
  resizePolicy: listOf(object({ resourceName: text, restartPolicy: text }, ['resourceName', 'restartPolicy'])),
  restartPolicy: text,
  restartPolicyRules: listOf(
    object({ action: text, exitCodes: object({ operator: text, values: setOf(int32) }, ['operator']) }, ['action']),
  ),
  volumeMounts: keyedList(['mountPath'], volumeMount),
  volumeDevices: keyedList(['devicePath'], object({ name: text, devicePath: text }, ['name', 'devicePath'])),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: object({ postStart: lifecycleHandler, preStop: lifecycleHandler, stopSignal: text }),
  terminationMessagePath: text,
  terminationMessagePolicy: text,
  imagePullPolicy: text,
  securityContext,
  stdin: flag,
  stdinOnce: flag,
  tty: flag,
};

export const container = object(members, ['name']);
export const ephemeralContainer = object({ ...members, targetContainerName: text }, ['name']);
