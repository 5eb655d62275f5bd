/**
 * Gateway API. Its CRDs carry defaults, which are part of the schemas.
 * @spec https://gateway-api.sigs.k8s.io/reference/spec/
 */
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { int32, int64, keyedListWithoutPatch, listOf, object, open, text, textList } from './fragments.ts';
import { kindSchema, labelSelector } from './metadata.ts';

const GROUP = 'gateway.networking.k8s.io';
const defaulted = (schema: StructuralSchema, value: string | number): StructuralSchema => ({
  ...schema,
  default: value,
});

const condition = object(
  { type: text, status: text, reason: text, message: text, observedGeneration: int64, lastTransitionTime: text },
  ['type', 'status'],
);
const conditions = keyedListWithoutPatch(['type'], condition);

const parentReference = object(
  {
    group: defaulted(text, GROUP),
    kind: defaulted(text, 'Gateway'),
    namespace: text,
    name: text,
    sectionName: text,
    port: int32,
  },
  ['name'],
);

const headers = (): StructuralSchema =>
  keyedListWithoutPatch(['name'], object({ name: text, value: text }, ['name', 'value']));
const headerFilter = object({ set: headers(), add: headers(), remove: textList });
const backendReference = {
  group: defaulted(text, ''),
  kind: defaulted(text, 'Service'),
  name: text,
  namespace: text,
  port: int32,
};
const pathRewrite = object({ type: text, replaceFullPath: text, replacePrefixMatch: text }, ['type']);

const filter = object(
  {
    type: text,
    requestHeaderModifier: headerFilter,
    responseHeaderModifier: headerFilter,
    requestMirror: object(
      {
        backendRef: object(backendReference, ['name']),
        percent: int32,
        fraction: object({ numerator: int32, denominator: defaulted(int32, 100) }, ['numerator']),
      },
      ['backendRef'],
    ),
    requestRedirect: object({
      scheme: text,
      hostname: text,
      path: pathRewrite,
      port: int32,
      statusCode: defaulted(int32, 302),
    }),
    urlRewrite: object({ hostname: text, path: pathRewrite }),
    cors: open,
    externalAuth: open,
    extensionRef: object({ group: text, kind: text, name: text }, ['group', 'kind', 'name']),
  },
  ['type'],
);

const valueMatch = object({ type: defaulted(text, 'Exact'), name: text, value: text }, ['name', 'value']);

const match = object({
  path: {
    ...object({ type: defaulted(text, 'PathPrefix'), value: defaulted(text, '/') }),
    default: { type: 'PathPrefix', value: '/' },
  },
  headers: keyedListWithoutPatch(['name'], valueMatch),
  queryParams: keyedListWithoutPatch(['name'], valueMatch),
  method: text,
});

const rule = object({
  name: text,
  matches: { ...listOf(match), default: [{ path: { type: 'PathPrefix', value: '/' } }] },
  filters: listOf(filter),
  backendRefs: listOf(object({ ...backendReference, weight: defaulted(int32, 1), filters: listOf(filter) }, ['name'])),
  timeouts: object({ request: text, backendRequest: text }),
  retry: open,
  sessionPersistence: open,
});

export const httpRoute = kindSchema(
  {
    spec: object({
      parentRefs: listOf(parentReference),
      hostnames: textList,
      useDefaultGateways: text,
      rules: { ...listOf(rule), default: [{ matches: [{ path: { type: 'PathPrefix', value: '/' } }] }] },
    }),
    status: object({
      parents: listOf(
        object({ parentRef: parentReference, controllerName: text, conditions }, ['parentRef', 'controllerName']),
      ),
    }),
  },
  ['spec'],
);

const listener = object(
  {
    name: text,
    hostname: text,
    port: int32,
    protocol: text,
    tls: open,
    allowedRoutes: {
      ...object({
        namespaces: {
          ...object({ from: defaulted(text, 'Same'), selector: labelSelector }),
          default: { from: 'Same' },
        },
        kinds: listOf(object({ group: defaulted(text, GROUP), kind: text }, ['kind'])),
      }),
      default: { namespaces: { from: 'Same' } },
    },
  },
  ['name', 'port', 'protocol'],
);

export const gateway = kindSchema(
  {
    spec: object(
      {
        gatewayClassName: text,
        listeners: keyedListWithoutPatch(['name'], listener),
        addresses: listOf(object({ type: defaulted(text, 'IPAddress'), value: text })),
        infrastructure: open,
        allowedListeners: open,
        tls: open,
        defaultScope: text,
      },
      ['gatewayClassName', 'listeners'],
    ),
    status: object({
      addresses: listOf(object({ type: text, value: text })),
      conditions,
      attachedListenerSets: int32,
      listeners: keyedListWithoutPatch(
        ['name'],
        object({ name: text, supportedKinds: listOf(open), attachedRoutes: int32, conditions }, ['name']),
      ),
    }),
  },
  ['spec'],
);

export const gatewayClass = kindSchema(
  {
    spec: object(
      {
        controllerName: text,
        description: text,
        parametersRef: object({ group: text, kind: text, name: text, namespace: text }, ['group', 'kind', 'name']),
      },
      ['controllerName'],
    ),
    status: object({ conditions, supportedFeatures: listOf(open) }),
  },
  ['spec'],
);
