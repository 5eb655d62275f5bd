import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { createSeededRandom } from '@argosy/base';
import { compileGoTemplate, renderGoTemplate } from '@argosy/expressions';

import { createHelmFunctions } from '../engine/helm-functions.ts';

const NOW = Date.UTC(2049, 6, 1);
const render = (text: string): string => {
  const compiled = compileGoTemplate('t', text, { functions: createHelmFunctions(undefined) });
  if (!compiled.ok) throw compiled.error;
  return renderGoTemplate(compiled.value, {}, { ports: { now: () => NOW, random: createSeededRandom(1) } });
};
const parts = (text: string): readonly string[] => render(text).split('|');

describe('functions of certificates', () => {
  it('make an authority and what it signs', () => {
    const [ca = '', cert = '', key = ''] = parts(
      '{{ $ca := genCA "my-ca" 365 }}{{ $c := genSignedCert "web.test" (list "10.0.0.1" "fe80::1") (list "a.test" "*.b.test") 3650 $ca }}{{ $ca.Cert }}|{{ $c.Cert }}|{{ $c.Key }}',
    );
    const authority = new X509Certificate(ca);
    const leaf = new X509Certificate(cert);
    expect([authority.ca, authority.subject, authority.verify(authority.publicKey)]).toEqual([true, 'CN=my-ca', true]);
    expect([leaf.ca, leaf.subject, leaf.issuer, leaf.checkIssued(authority), leaf.verify(authority.publicKey)]).toEqual(
      [false, 'CN=web.test', 'CN=my-ca', true, true],
    );
    expect(leaf.subjectAltName).toBe('DNS:a.test, DNS:*.b.test, IP Address:10.0.0.1, IP Address:FE80:0:0:0:0:0:0:1');
    expect([leaf.validFrom, leaf.validTo]).toEqual(['Jul  1 00:00:00 2049 GMT', 'Jun 29 00:00:00 2059 GMT']);
    expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  });

  it('take keys of every type', () => {
    for (const type of ['ecdsa', 'ed25519']) {
      const [cert = '', key = ''] = parts(
        `{{ $k := genPrivateKey "${type}" }}{{ $c := genSelfSignedCertWithKey "x" nil (list "x") 1 $k }}{{ $c.Cert }}|{{ $c.Key }}`,
      );
      const certificate = new X509Certificate(cert);
      expect([certificate.verify(certificate.publicKey), certificate.checkPrivateKey(createPrivateKey(key))]).toEqual([
        true,
        true,
      ]);
    }
  });

  it('take certificates made elsewhere', () => {
    expect(
      render(
        '{{ $c := genSelfSignedCert "x" (list) (list) 1 }}{{ $d := buildCustomCert ($c.Cert | b64enc) ($c.Key | b64enc) }}{{ eq $c.Cert $d.Cert }} {{ eq $c.Key $d.Key }}',
      ),
    ).toBe('true true');
  });

  it.each([
    ['genSignedCert "x" nil nil 1 "no"', /expected sprig\.certificate/],
    ['genSelfSignedCert "x" (list "nowhere") nil 1', /error parsing ip/],
    ['genSelfSignedCert "x" nil (list 1) 1', /error parsing alternate dns name/],
    ['genCAWithKey "x" 1 "no"', /error parsing private key/],
    ['buildCustomCert "!" ""', /unable to decode base64 certificate/],
    ['genPrivateKey "dsa"', /not supported; use rsa/],
  ])('refuse %s', (call, message) => {
    expect(() => render(`{{ ${call} }}`)).toThrow(message);
  });
});
