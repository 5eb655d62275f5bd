/**
 * What a CustomResourceDefinition may say of conversion between its versions. Pure.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go#validateCustomResourceConversion
 */
import { isObject } from '@argosy/base';
import {
  duplicateField,
  forbiddenField,
  invalidField,
  requiredField,
  unsupportedValue,
  validateDns1035Label,
  type CustomResourceDefinition,
  type CustomResourceVersion,
  type FieldError,
} from '@argosy/kube';

const PATH = 'spec.conversion';
/** Fields are named as upstream's errors name them, which is not where they stand: `webhook.clientConfig`. */
const CLIENT = `${PATH}.webhookClientConfig`;
const VERSIONS = `${PATH}.conversionReviewVersions`;
const STRATEGIES = ['None', 'Webhook'];

type Fields = Readonly<Record<string, unknown>>;

/** Findings about the conversion, and about the versions of which objects may be stored. */
export const conversionFindings = ({ spec, status }: CustomResourceDefinition): readonly FieldError[] => {
  const conversion: Fields = spec?.conversion ?? {};
  const { strategy } = conversion;
  const webhook = fieldsOf(conversion['webhook']);
  const { clientConfig, conversionReviewVersions } = webhook;
  return [
    ...storedVersionFindings(status?.storedVersions ?? [], spec?.versions ?? []),
    ...strategyFindings(strategy),
    ...(strategy === 'Webhook'
      ? [
          ...(spec?.preserveUnknownFields === true
            ? [invalidField(`${PATH}.strategy`, strategy, 'must be None if spec.preserveUnknownFields is true')]
            : []),
          ...clientFindings(clientConfig),
          ...reviewVersionFindings(conversionReviewVersions),
        ]
      : [
          ...(clientConfig === undefined ? [] : [forbiddenField(CLIENT, UNWANTED)]),
          ...(Array.isArray(conversionReviewVersions) && conversionReviewVersions.length > 0
            ? [forbiddenField(VERSIONS, UNWANTED)]
            : []),
        ]),
  ];
};

const UNWANTED = 'should not be set when strategy is not set to Webhook';

const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

const storedVersionFindings = (
  stored: readonly string[],
  versions: readonly CustomResourceVersion[],
): readonly FieldError[] => {
  const now = versions.find(({ storage }) => storage)?.name;
  return [
    ...(now === undefined || stored.includes(now)
      ? []
      : [invalidField('status.storedVersions', stored, `must have the storage version ${now}`)]),
    ...stored.flatMap((version, at) =>
      versions.some(({ name }) => name === version)
        ? []
        : [invalidField(`status.storedVersions[${at}]`, version, 'must appear in spec.versions')],
    ),
  ];
};

const strategyFindings = (strategy: unknown): readonly FieldError[] => {
  if (strategy === undefined || strategy === '') return [requiredField(`${PATH}.strategy`)];
  return STRATEGIES.includes(textOf(strategy)) ? [] : [unsupportedValue(`${PATH}.strategy`, strategy, STRATEGIES)];
};

const clientFindings = (clientConfig: unknown): readonly FieldError[] => {
  if (clientConfig === undefined || clientConfig === null)
    return [requiredField(CLIENT, 'required when strategy is set to Webhook')];
  const { url, service, caBundle } = fieldsOf(clientConfig);
  const address =
    (url === undefined) === (service === undefined)
      ? [requiredField(CLIENT, 'exactly one of url or service is required')]
      : url === undefined
        ? serviceFindings(fieldsOf(service))
        : urlFindings(textOf(url));
  return [...address, ...bundleFindings(caBundle)];
};

const FORMAT = 'desired format: https://host[/path]';

/** @upstream kubernetes staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go#ValidateWebhookURL */
const urlFindings = (text: string): readonly FieldError[] => {
  const path = `${CLIENT}.url`;
  if (!URL.canParse(text)) return [requiredField(path, `url must be a valid URL: ${text}; ${FORMAT}`)];
  const url = new URL(text);
  const wrong = (holds: boolean, value: unknown, why: string): readonly FieldError[] =>
    holds ? [invalidField(path, value, why)] : [];
  return [
    ...wrong(url.protocol !== 'https:', url.protocol.slice(0, -1), `'https' is the only allowed URL scheme; ${FORMAT}`),
    ...wrong(url.host === '', url.host, `host must be specified; ${FORMAT}`),
    ...wrong(url.username !== '' || url.password !== '', url.username, 'user information is not permitted in the URL'),
    ...wrong(url.hash !== '', url.hash.slice(1), 'fragments are not permitted in the URL'),
    ...wrong(url.search !== '', url.search.slice(1), 'query parameters are not permitted in the URL'),
  ];
};

/** @upstream kubernetes staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go#ValidateWebhookService */
const serviceFindings = ({ name, namespace, path, port }: Fields): readonly FieldError[] => {
  const at = `${CLIENT}.service`;
  const isPort = port === undefined || (typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65536);
  return [
    ...(name ? [] : [requiredField(`${at}.name`, 'service name is required')]),
    ...(namespace ? [] : [requiredField(`${at}.namespace`, 'service namespace is required')]),
    ...(isPort ? [] : [invalidField(`${at}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive')]),
    ...(path === undefined || path === '' || textOf(path).startsWith('/')
      ? []
      : [invalidField(`${at}.path`, path, "must start with a '/'")]),
  ];
};

const bundleFindings = (caBundle: unknown): readonly FieldError[] => {
  if (typeof caBundle !== 'string' || caBundle === '') return [];
  const text = Buffer.from(caBundle, 'base64').toString('utf8');
  if (text.includes('-----BEGIN CERTIFICATE-----')) return [];
  const why = 'unable to load root certificates: unable to parse bytes as PEM block';
  return [invalidField(`${CLIENT}.caBundle`, caBundle, why)];
};

const reviewVersionFindings = (versions: unknown): readonly FieldError[] => {
  if (!Array.isArray(versions) || versions.length === 0) return [requiredField(VERSIONS)];
  const names = (versions as readonly unknown[]).map(String);
  return [
    ...names.flatMap((name, at) => [
      ...(names.indexOf(name) < at ? [duplicateField(`${VERSIONS}[${at}]`, name)] : []),
      ...validateDns1035Label(name).map((problem) => invalidField(`${VERSIONS}[${at}]`, name, problem)),
    ]),
    // Deviates: v1beta1 alone is taken upstream; nobody speaks it here. Pinned by conversion-rules.test.ts.
    ...(names.includes('v1') ? [] : [invalidField(VERSIONS, names, 'must include at least one of v1')]),
  ];
};
