import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../../objects/field-error.ts';
import { validateIngress } from './ingress-validation.ts';

const service = { service: { name: 'web', port: { number: 80 } } };
const withPath = (path: object) => ({
  spec: { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: service, ...path }] } }] },
});
const withHost = (host: string) => ({
  spec: { rules: [{ host, http: { paths: [{ path: '/', pathType: 'Prefix', backend: service }] } }] },
});
const AT = 'spec.rules[0].http.paths[0]';

describe('validateIngress', () => {
  it.each([
    ['a path', withPath({})],
    ['no path where the type leaves it open', withPath({ path: undefined, pathType: 'ImplementationSpecific' })],
    ['a port by name', withPath({ backend: { service: { name: 'web', port: { name: 'http' } } } })],
    ['a resource', withPath({ backend: { resource: { kind: 'Bucket', name: 'x' } } })],
    ['a wildcard host', withHost('*.example.com')],
    ['only a default backend', { spec: { defaultBackend: service } }],
  ])('takes %s', (_, ingress) => expect(validateIngress(ingress)).toEqual([]));
  it.each([
    ['nothing to do', {}, 'spec: Invalid value: {}: either `defaultBackend` or `rules` must be specified'],
    ['no path type', withPath({ pathType: undefined }), `${AT}.pathType: Required value: pathType must be specified`],
    [
      'another path type',
      withPath({ pathType: 'Regex' }),
      `${AT}.pathType: Unsupported value: "Regex": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
    ],
    ['a relative path', withPath({ path: 'x' }), `${AT}.path: Invalid value: "x": must be an absolute path`],
    ['dot segments', withPath({ path: '/a/../b' }), `${AT}.path: Invalid value: "/a/../b": must not contain '/../'`],
    [
      'no backend',
      withPath({ backend: {} }),
      `${AT}.backend: Invalid value: "": resource or service backend is required`,
    ],
    [
      'no port',
      withPath({ backend: { service: { name: 'web' } } }),
      `${AT}.backend: Required value: port name or number is required`,
    ],
    [
      'an address',
      withHost('10.0.0.1'),
      'spec.rules[0].host: Invalid value: "10.0.0.1": must be a DNS name, not an IP address',
    ],
  ])('refuses %s', (_, ingress, problem) => expect(validateIngress(ingress).map(formatFieldError)).toEqual([problem]));
});
