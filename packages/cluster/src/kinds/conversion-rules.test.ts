import type { CustomResourceDefinition } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { conversionFindings } from './conversion-rules.ts';

const url = 'https://converter.example.com/convert';
const said = (conversion: object | undefined, storedVersions: readonly string[] = ['v1']): readonly string[] =>
  conversionFindings({
    metadata: { name: 'widgets.example.com' },
    spec: { conversion, versions: [{ name: 'v1', served: true, storage: true }] },
    status: { storedVersions },
  } as unknown as CustomResourceDefinition).map(({ field, message }) => `${field}: ${message}`);
const asked = (clientConfig: object | undefined, conversionReviewVersions: unknown = ['v1']) =>
  said({ strategy: 'Webhook', webhook: { ...(clientConfig ? { clientConfig } : {}), conversionReviewVersions } });

const CLIENT = 'spec.conversion.webhookClientConfig';
const FORMAT = 'desired format: https://host[/path]';

describe('conversion of a definition', () => {
  it.each([
    ['none', said({ strategy: 'None' }), []],
    ['a webhook by url', asked({ url }), []],
    ['a webhook by service', asked({ service: { namespace: 'a', name: 'b', path: '/c', port: 443 } }), []],
    ['no strategy', said({}), ['spec.conversion.strategy: Required value']],
    [
      'an unknown strategy',
      said({ strategy: 'Magic' }),
      ['spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"'],
    ],
    ['no webhook', asked(undefined), [`${CLIENT}: Required value: required when strategy is set to Webhook`]],
    ['no address', asked({}), [`${CLIENT}: Required value: exactly one of url or service is required`]],
    [
      'two addresses',
      asked({ url, service: { namespace: 'a', name: 'b' } }),
      [`${CLIENT}: Required value: exactly one of url or service is required`],
    ],
    [
      'plain http',
      asked({ url: 'http://converter.example.com/' }),
      [`${CLIENT}.url: Invalid value: "http": 'https' is the only allowed URL scheme; ${FORMAT}`],
    ],
    [
      'a query',
      asked({ url: `${url}?a=b` }),
      [`${CLIENT}.url: Invalid value: "a=b": query parameters are not permitted in the URL`],
    ],
    [
      'a service without its namespace',
      asked({ service: { name: 'b', port: 0 } }),
      [
        `${CLIENT}.service.namespace: Required value: service namespace is required`,
        `${CLIENT}.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive`,
      ],
    ],
    [
      'a bundle that is none',
      asked({ url, caBundle: 'Cg==' }),
      [
        `${CLIENT}.caBundle: Invalid value: "Cg==": unable to load root certificates: unable to parse bytes as PEM block`,
      ],
    ],
    ['no versions of reviews', asked({ url }, []), ['spec.conversion.conversionReviewVersions: Required value']],
    [
      'the older version of reviews alone',
      asked({ url }, ['v1beta1']),
      ['spec.conversion.conversionReviewVersions: Invalid value: ["v1beta1"]: must include at least one of v1'],
    ],
    ['both versions of reviews', asked({ url }, ['v1beta1', 'v1']), []],
    [
      'a webhook where none is asked',
      said({ strategy: 'None', webhook: { clientConfig: { url }, conversionReviewVersions: ['v1'] } }),
      [
        `${CLIENT}: Forbidden: should not be set when strategy is not set to Webhook`,
        'spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook',
      ],
    ],
    [
      'versions stored that are not declared',
      said({ strategy: 'None' }, ['v0', 'v1']),
      ['status.storedVersions[0]: Invalid value: "v0": must appear in spec.versions'],
    ],
    [
      'the version stored forgotten',
      said({ strategy: 'None' }, []),
      ['status.storedVersions: Invalid value: []: must have the storage version v1'],
    ],
  ])('%s', (_case, findings, expected) => expect(findings).toEqual(expected));
});
