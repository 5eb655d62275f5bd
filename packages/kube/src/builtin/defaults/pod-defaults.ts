/** Defaults of pods and pod templates. @upstream k8s.io/kubernetes/pkg/apis/core/v1/defaults.go */
import { isObject } from '@argosy/base';

import { defaultClaimSpec } from './claim-defaults.ts';
import { fillIn, mapList, mapObject, objectAt, textAt, type Draft } from './draft.ts';
import { withoutGatedPodFields } from './gated-fields.ts';

const CONTAINER_LISTS = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** Files of mounted configuration: rw-r--r--. */
const DEFAULT_MODE = 0o644;

/** Completes a pod. Requests follow limits here only: templates keep what they say. */
export const defaultPod = (pod: Draft): Draft =>
  mapObject(pod, 'spec', (spec) => {
    const complete = fillIn(defaultPodSpec(spec), { enableServiceLinks: true });
    return CONTAINER_LISTS.reduce(
      (draft, list) => mapList(draft, list, (container) => defaultOnPod(container, spec['hostNetwork'] === true)),
      complete,
    );
  });

/** Completes the pod template below an object's spec. */
export const defaultTemplate = (spec: Draft): Draft =>
  mapObject(spec, 'template', (template) => mapObject(template, 'spec', defaultPodSpec));

/** Completes a pod's spec. */
export const defaultPodSpec = (given: Draft): Draft => {
  const spec = withoutGatedPodFields(given);
  const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount');
  const complete = fillIn(withOlderAccount(spec, account), {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...(account === '' ? {} : { serviceAccountName: account, serviceAccount: account }),
  });
  return CONTAINER_LISTS.reduce(
    (draft, list) => mapList(draft, list, defaultContainer),
    mapList(complete, 'volumes', defaultVolume),
  );
};

/** The older name of the account follows the newer one. @upstream kubernetes pkg/apis/core/v1/conversion.go */
const withOlderAccount = (spec: Draft, account: string): Draft => {
  const older = spec['serviceAccount'];
  return typeof older === 'string' && older !== account ? { ...spec, serviceAccount: account } : spec;
};

const defaultContainer = (container: Draft): Draft => {
  const complete = fillIn(container, {
    imagePullPolicy: pullPolicyOf(textAt(container, 'image')),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    resources: {},
  });
  const withEnv = mapList(
    mapList(complete, 'ports', (port) => fillIn(port, { protocol: 'TCP' })),
    'env',
    (variable) => mapObject(variable, 'valueFrom', defaultFieldSources),
  );
  const withProbes = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce(
    (draft, probe) => mapObject(draft, probe, defaultProbe),
    withEnv,
  );
  return mapObject(withProbes, 'lifecycle', (lifecycle) =>
    ['postStart', 'preStop'].reduce((draft, hook) => mapObject(draft, hook, defaultHttpGet), lifecycle),
  );
};

/** The last part of a name; what is no name has no tag that is meant. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** `Always` for `latest` (said or meant), else `IfNotPresent`. @spec https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting */
const pullPolicyOf = (image: string): string => {
  const [reference = '', digest] = image.split('@');
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  const tag = name.includes(':') ? name.slice(name.lastIndexOf(':') + 1) : undefined;
  const isLatest =
    tag === undefined ? digest === undefined && COMPONENT.test(name) && !/^\/|\/\//.test(reference) : tag === 'latest';
  return isLatest ? 'Always' : 'IfNotPresent';
};

const defaultProbe = (probe: Draft): Draft => {
  const complete = fillIn(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  return mapObject(defaultHttpGet(complete), 'grpc', (grpc) => fillIn(grpc, { service: '' }));
};

const defaultHttpGet = (handler: Draft): Draft =>
  mapObject(handler, 'httpGet', (httpGet) => fillIn(httpGet, { path: '/', scheme: 'HTTP' }));

const defaultFieldSources = (source: Draft): Draft =>
  mapObject(
    mapObject(source, 'fieldRef', (fieldRef) => fillIn(fieldRef, { apiVersion: 'v1' })),
    'resourceFieldRef',
    (resourceFieldRef) => fillIn(resourceFieldRef, { divisor: '0' }),
  );

const defaultVolume = (volume: Draft): Draft => {
  const hasSource = Object.keys(volume).some((name) => name !== 'name');
  if (!hasSource) return fillIn(volume, { emptyDir: {} });
  const withModes = ['secret', 'configMap', 'downwardAPI', 'projected'].reduce(
    (draft, source) => mapObject(draft, source, (part) => fillIn(part, { defaultMode: DEFAULT_MODE })),
    volume,
  );
  const withItems = mapObject(withModes, 'downwardAPI', (part) => mapList(part, 'items', defaultFieldSources));
  const withTypes = mapObject(withItems, 'hostPath', (part) => fillIn(part, { type: '' }));
  const withClaims = mapObject(withTypes, 'ephemeral', (part) =>
    mapObject(part, 'volumeClaimTemplate', (claim) => mapObject(claim, 'spec', defaultClaimSpec)),
  );
  return mapObject(withClaims, 'projected', (part) => mapList(part, 'sources', defaultProjected));
};

const defaultProjected = (source: Draft): Draft =>
  mapObject(
    mapObject(source, 'serviceAccountToken', (token) => fillIn(token, { expirationSeconds: 3600 })),
    'downwardAPI',
    (part) => mapList(part, 'items', defaultFieldSources),
  );

const defaultOnPod = (container: Draft, usesHostNetwork: boolean): Draft => {
  const withRequests = mapObject(container, 'resources', (resources) => {
    if (!isObject(resources['limits'])) return resources;
    return { ...resources, requests: fillIn(objectAt(resources, 'requests'), resources['limits']) };
  });
  return usesHostNetwork
    ? mapList(withRequests, 'ports', (port) => fillIn(port, { hostPort: port['containerPort'] }))
    : withRequests;
};
