/**
 * Gateway API. Its CRDs carry defaults, which are part of the schemas.
 * @spec https://gateway-api.sigs.k8s.io/reference/spec/
 */
import type { StructuralSchema } from '../../kinds/structural-schema.ts';
import { int32, int64, keyedListWithoutPatch, listOf, object, open, text, textList } from './fragments.ts';
import { kindSchema, labelSelector } from './metadata.ts';

const GROUP = 'gateway.networking.k8s.io';
const defaulted = (schema: StructuralSchema, value: string | number): StructuralSchema => ({
  ...schema,
  default: value,
});

const oneOf = (...values: readonly string[]): StructuralSchema => ({ ...text, enum: values });
const between = (minimum: number, maximum: number): StructuralSchema => ({ ...int32, minimum, maximum });
const portNumber = between(1, 65535);

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
    port: portNumber,
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
  port: portNumber,
};
const pathRewrite = object(
  { type: oneOf('ReplaceFullPath', 'ReplacePrefixMatch'), replaceFullPath: text, replacePrefixMatch: text },
  ['type'],
);

const FILTER_TYPES = [
  'RequestHeaderModifier',
  'ResponseHeaderModifier',
  'RequestMirror',
  'RequestRedirect',
  'URLRewrite',
  'ExtensionRef',
  'CORS',
  'ExternalAuth',
];

const filter = object(
  {
    type: oneOf(...FILTER_TYPES),
    requestHeaderModifier: headerFilter,
    responseHeaderModifier: headerFilter,
    requestMirror: object(
      {
        backendRef: object(backendReference, ['name']),
        percent: between(0, 100),
        fraction: object({ numerator: int32, denominator: defaulted(int32, 100) }, ['numerator']),
      },
      ['backendRef'],
    ),
    requestRedirect: object({
      scheme: oneOf('http', 'https'),
      hostname: text,
      path: pathRewrite,
      port: portNumber,
      statusCode: { ...int32, enum: [301, 302, 303, 307, 308], default: 302 },
    }),
    urlRewrite: object({ hostname: text, path: pathRewrite }),
    cors: open,
    externalAuth: open,
    extensionRef: object({ group: text, kind: text, name: text }, ['group', 'kind', 'name']),
  },
  ['type'],
);

const valueMatch = object({ type: defaulted(oneOf('Exact', 'RegularExpression'), 'Exact'), name: text, value: text }, [
  'name',
  'value',
]);

const match = object({
  path: {
    ...object({
      type: defaulted(oneOf('Exact', 'PathPrefix', 'RegularExpression'), 'PathPrefix'),
      value: defaulted(text, '/'),
    }),
    default: { type: 'PathPrefix', value: '/' },
  },
  headers: keyedListWithoutPatch(['name'], valueMatch),
  queryParams: keyedListWithoutPatch(['name'], valueMatch),
  method: oneOf('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'),
});

const rule = object({
  name: text,
  matches: { ...listOf(match), default: [{ path: { type: 'PathPrefix', value: '/' } }] },
  filters: listOf(filter),
  backendRefs: listOf(
    object({ ...backendReference, weight: defaulted(between(0, 1_000_000), 1), filters: listOf(filter) }, ['name']),
  ),
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
    port: portNumber,
    protocol: text,
    tls: open,
    allowedRoutes: {
      ...object({
        namespaces: {
          ...object({ from: defaulted(oneOf('All', 'Same', 'Selector', 'None'), 'Same'), selector: labelSelector }),
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
