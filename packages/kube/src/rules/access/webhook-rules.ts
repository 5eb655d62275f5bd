/** Defaults and rules of webhook configurations. @upstream k8s.io/kubernetes/pkg/apis/admissionregistration */
import { validateDns1035Label, validateDns1123Subdomain } from '../../names/dns-names.ts';
import { duplicateField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { fillIn, itemsAt, mapList, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { choiceFindings, rangeFindings, repeatedIn, textsAt } from '../findings.ts';
import { validateMatchConditions, validateRequestRule } from './request-match-rules.ts';
import { selectorFindings } from '../workloads/selector-rules.ts';

/** Completes a configuration. */
export const defaultWebhooks = (configuration: Draft): Draft =>
  mapList(configuration, 'webhooks', (webhook) =>
    mapList(
      fillIn(webhook, {
        failurePolicy: 'Fail',
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        timeoutSeconds: 10,
        ...(configuration['kind'] === 'MutatingWebhookConfiguration' ? { reinvocationPolicy: 'Never' } : {}),
      }),
      'rules',
      (rule) => fillIn(rule, { scope: '*' }),
    ),
  );

/** Webhooks: one address, a bounded wait, no side effects, and nothing asked that is not done. */
export const validateWebhooks = (configuration: Draft): readonly FieldError[] => {
  const webhooks = itemsAt(configuration, 'webhooks');
  const repeated = repeatedIn(webhooks.map(([, webhook]) => textAt(webhook, 'name')));
  return webhooks.flatMap(([index, webhook], at) => {
    const path = `webhooks[${index}]`;
    const name = textAt(webhook, 'name');
    return [
      ...nameFindings(name, `${path}.name`),
      ...validateWebhook(webhook, path),
      ...versionFindings(webhook, `${path}.admissionReviewVersions`),
      ...(name !== '' && repeated.has(at) ? [duplicateField(`${path}.name`, name)] : []),
    ];
  });
};

const nameFindings = (name: string, field: string): readonly FieldError[] => {
  if (name === '') return [requiredField(field)];
  const problems = validateDns1123Subdomain(name);
  if (problems.length > 0) return [invalidField(field, name, problems.join(','))];
  return name.split('.').length < 3
    ? [invalidField(field, name, 'should be a domain with at least three segments separated by dots')]
    : [];
};

const validateWebhook = (webhook: Draft, path: string): readonly FieldError[] => {
  const seconds = numberAt(webhook, 'timeoutSeconds') ?? 10;
  const effects = ['None', 'NoneOnDryRun'];
  return [
    ...itemsAt(webhook, 'rules').flatMap(([index, rule]) => validateRequestRule(rule, `${path}.rules[${index}]`)),
    ...choiceFindings(webhook, 'failurePolicy', path, ['Fail', 'Ignore']),
    ...choiceFindings(webhook, 'matchPolicy', path, ['Equivalent', 'Exact']),
    ...(webhook['sideEffects'] === undefined
      ? [requiredField(`${path}.sideEffects`, `must specify one of ${effects.join(', ')}`)]
      : choiceFindings(webhook, 'sideEffects', path, effects)),
    ...(seconds < 1 || seconds > 30
      ? [invalidField(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...selectorFindings(webhook, 'namespaceSelector', path),
    ...selectorFindings(webhook, 'objectSelector', path),
    ...choiceFindings(webhook, 'reinvocationPolicy', path, ['IfNeeded', 'Never']),
    ...addressFindings(objectAt(webhook, 'clientConfig'), `${path}.clientConfig`),
    ...validateMatchConditions(webhook, path),
  ];
};

const addressFindings = (client: Draft, path: string): readonly FieldError[] => {
  if ((client['url'] === undefined) === (client['service'] === undefined))
    return [requiredField(path, 'exactly one of url or service is required')];
  return client['url'] === undefined
    ? serviceFindings(objectAt(client, 'service'), `${path}.service`)
    : urlFindings(textAt(client, 'url'), `${path}.url`);
};

const FORM = '; desired format: https://host[/path]';

/** @upstream k8s.io/apiserver/pkg/util/webhook/validation.go#ValidateWebhookURL */
const urlFindings = (url: string, field: string): readonly FieldError[] => {
  const [, scheme = '', authority = '', query = '', fragment = ''] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s.exec(url) ?? [];
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  return [
    ...(scheme.toLowerCase() === 'https'
      ? []
      : [invalidField(field, scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`)]),
    ...(host === '' ? [invalidField(field, host, `host must be specified${FORM}`)] : []),
    ...(at < 0 ? [] : [invalidField(field, authority.slice(0, at), 'user information is not permitted in the URL')]),
    ...(fragment === '' ? [] : [invalidField(field, fragment, 'fragments are not permitted in the URL')]),
    ...(query === '' ? [] : [invalidField(field, query, 'query parameters are not permitted in the URL')]),
  ];
};

/** @upstream k8s.io/apiserver/pkg/util/webhook/validation.go#ValidateWebhookService */
const serviceFindings = (service: Draft, path: string): readonly FieldError[] => {
  const port = numberAt(service, 'port') ?? 443;
  return [
    // Upstream hands name and namespace over in each other's place; what it says is kept.
    ...(textAt(service, 'namespace') === '' ? [requiredField(`${path}.name`, 'service name is required')] : []),
    ...(textAt(service, 'name') === '' ? [requiredField(`${path}.namespace`, 'service namespace is required')] : []),
    ...rangeFindings(port, `${path}.port`, [1, 65_535]).map(() =>
      invalidField(`${path}.port`, port, 'port is not valid: must be between 1 and 65535, inclusive'),
    ),
    ...pathFindings(textAt(service, 'path'), `${path}.path`),
  ];
};

const pathFindings = (value: string, field: string): readonly FieldError[] => {
  if (value === '' || value === '/') return [];
  if (value === '//') return [invalidField(field, value, 'segment[0] may not be empty')];
  const segments = value.slice(1).replace(/\/$/, '').split('/');
  return [
    ...(value.startsWith('/') ? [] : [invalidField(field, value, "must start with a '/'")]),
    ...segments.flatMap((segment, at) =>
      (segment === '' ? [' may not be empty'] : validateDns1123Subdomain(segment).map((problem) => `: ${problem}`)).map(
        (problem) => invalidField(field, value, `segment[${at}]${problem}`),
      ),
    ),
  ];
};

const KNOWN_VERSIONS = ['v1', 'v1beta1'];

/** Deviates: the older version is known to be one, and only `v1` is spoken. */
const versionFindings = (webhook: Draft, field: string): readonly FieldError[] => {
  const versions = textsAt(webhook, 'admissionReviewVersions').map(([, version]) => version);
  const repeated = repeatedIn(versions);
  if (versions.length === 0) return [requiredField(field, `must specify one of ${KNOWN_VERSIONS.join(', ')}`)];
  return [
    ...versions.flatMap((version, at) =>
      repeated.has(at)
        ? [invalidField(`${field}[${at}]`, version, 'duplicate version')]
        : validateDns1035Label(version).map((problem) => invalidField(`${field}[${at}]`, version, problem)),
    ),
    ...(versions.some((version) => KNOWN_VERSIONS.includes(version))
      ? versions.includes('v1')
        ? []
        : [invalidField(field, versions, 'must include v1')]
      : [invalidField(field, versions, `must include at least one of ${KNOWN_VERSIONS.join(', ')}`)]),
  ];
};
