/** Defaults and rules of webhook configurations. @upstream k8s.io/kubernetes/pkg/apis/admissionregistration */
import {
  duplicateField,
  invalidField,
  requiredField,
  unsupportedValue,
  type FieldError,
} from '../objects/field-error.ts';
import { fillIn, itemsAt, mapList, numberAt, objectAt, textAt, type Draft } from './draft.ts';
import { repeatedIn } from './findings.ts';

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
      ...(name.split('.').length < 3
        ? [invalidField(`${path}.name`, name, 'should be a domain with at least three segments separated by dots')]
        : []),
      ...(repeated.has(at) ? [duplicateField(`${path}.name`, name)] : []),
      ...validateWebhook(webhook, path),
    ];
  });
};

const validateWebhook = (webhook: Draft, path: string): readonly FieldError[] => {
  const client = objectAt(webhook, 'clientConfig');
  const seconds = numberAt(webhook, 'timeoutSeconds') ?? 10;
  const versions = webhook['admissionReviewVersions'];
  const effects = ['None', 'NoneOnDryRun'];
  const policies = ['Fail', 'Ignore'];
  const url = textAt(client, 'url');
  return [
    ...((client['url'] === undefined) === (client['service'] === undefined)
      ? [requiredField(`${path}.clientConfig`, 'exactly one of url or service is required')]
      : []),
    ...(client['url'] !== undefined && !url.startsWith('https://')
      ? [
          invalidField(
            `${path}.clientConfig.url`,
            url,
            "'https' is the only allowed URL scheme; desired format: https://host[/path]",
          ),
        ]
      : []),
    ...(seconds < 1 || seconds > 30
      ? [invalidField(`${path}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    ...(Array.isArray(versions) && versions.includes('v1')
      ? []
      : [invalidField(`${path}.admissionReviewVersions`, versions ?? [], 'must include v1')]),
    ...(effects.includes(textAt(webhook, 'sideEffects'))
      ? []
      : [unsupportedValue(`${path}.sideEffects`, webhook['sideEffects'] ?? '', effects)]),
    ...(policies.includes(textAt(webhook, 'failurePolicy') || 'Fail')
      ? []
      : [unsupportedValue(`${path}.failurePolicy`, webhook['failurePolicy'], policies)]),
  ];
};
