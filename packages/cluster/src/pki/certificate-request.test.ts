import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';

import { createSeededRandom, createVirtualClock } from '@argosy/base';

import { createPki } from './ensure-pki.ts';
import { parseCertificateRequest } from './certificate-request.ts';
import { createCertificateSigner } from './sign-certificate.ts';

/** Made by openssl: elliptic curve, Ed25519, and RSA with alternative names of every kind. */
const JANE = `-----BEGIN CERTIFICATE REQUEST-----
MIHnMIGNAgEAMCsxDTALBgNVBAMMBGphbmUxDDAKBgNVBAoMA2RldjEMMAoGA1UE
CgwDb3BzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENanbuODX1mCp4YhgvAz3
oPpyCK7iDns2MUeiSdSHHh0yrDp6kH2QlyYZDa3xmd8ADvf9D9DoGabz4avnuI6d
nKAAMAoGCCqGSM49BAMCA0kAMEYCIQCA81i2VMVsUqc/DcPCpw3MpYIChPsEVq6l
uck4oFKbEgIhAJzyvjK28rygVvGVnKSPQGY/AS77eU7ljlLUSVW/pS3K
-----END CERTIFICATE REQUEST-----
`;
const ED = `-----BEGIN CERTIFICATE REQUEST-----
MIGMMEACAQAwDTELMAkGA1UEAwwCZWQwKjAFBgMrZXADIQBKIvCB/NsQfQuSt7Qf
eAc1yHxuYtuahSvWRhXDXaEPgqAAMAUGAytlcANBADZNFayxVraSkc35ZmA8Qba5
CGY2HlmscFia0Tz6n+wHz09rD4bjtlYeQcQMrudNihO6OvGcZKHjpwKGseKwTAg=
-----END CERTIFICATE REQUEST-----
`;
const NODE = `-----BEGIN CERTIFICATE REQUEST-----
MIICrzCCAZcCAQAwMDEVMBMGA1UECgwMc3lzdGVtOm5vZGVzMRcwFQYDVQQDDA5z
eXN0ZW06bm9kZTpuMTCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAL3v
PSi+EfrbcqC/+qbSCuC7idvBG9hxR8KYWVz+0FufS7+//w/y1MR4L14O0ptCpSMq
PT0dG22Dn4rQMTKRi5s1UiqA8rrpO1s2WnT4RZDShncqDgA3lgf6CDlWgCtBwQk5
/pUqvaWE+zKFxtsiaUcTnouPXcR4XFJ+QVwA4AwvAXyqdVs7AOhiq6pJ4yr/ru8v
DDyHaUfzwh6OR9ln6LClqckaU04uLXmuoJ+6cHVDkZ8EiDZN6LS7uzjinX3azXJc
oDU67uSccdd16fr/voL+g3w790Qgo8PbaIwSFW+Sfe8/oU9x78H6gtEV+lAfkOhx
Xqy9I3XEiCK3MJ8JKtECAwEAAaA6MDgGCSqGSIb3DQEJDjErMCkwJwYDVR0RBCAw
HoICbjGHBAoAAAGBBWFAYi5jhgtodHRwczovL3gveTANBgkqhkiG9w0BAQsFAAOC
AQEApenqcYQX129ZsY2Ph4DLj15BsCkNzte41DW6tvryOUwvacXbUa6kifIzG0BU
ejDI+DKRDIszgxf0m1NVnTiXmPEU7WtZiMPh7zpfrGGw0aJIYy82YUUy8JnA9PZN
lyPwpOFy6Qaz11VfXU2Tx5Tf/NKFgpoVVSn4iGZQQjiLW+GYLKW9nhCcRpemmw4K
Q65tbNbALsp7B7Y4Zw3U7ZvBtKVu90ssY+GDAm/OV8HLc7szHknRtwzYlaqHD1sF
BTNZieCF3FzFH+fTHIwIvr8GslWSDRAcFujPn4+KuDu5G4xmZtqvfBeQkKbWkHZS
U9zeYajzN/9UoqcvGgFYo+PsQw==
-----END CERTIFICATE REQUEST-----
`;

/** O=system:masters in characters of two bytes. */
const WIDE = `-----BEGIN CERTIFICATE REQUEST-----
MIH0MIGcAgEAMDoxETAPBgNVBAMeCABqAGEAbgBlMSUwIwYDVQQKHhwAcwB5AHMA
dABlAG0AOgBtAGEAcwB0AGUAcgBzMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
dZuyYeZlHmflZ/jTnA+ncZcV4YnajABhmCqUvMZj+0O79Hqgo2GCZGoX2/pIE0vP
1bFn/H8X4qpTnagJQN/hTaAAMAoGCCqGSM49BAMCA0cAMEQCIDV3/8+3WVJpg2zj
o45zjW6gxXSbnevzqfTsgP5s9qxIAiBxcbclNpH9rrA33YE4ewKl+xqGrIr3I9/n
RA1uanf8/Q==
-----END CERTIFICATE REQUEST-----
`;

const HOUR_MS = 3_600_000;

describe('a certificate request', () => {
  it('is read, whatever its key', () => {
    const none = { dnsNames: [], emails: [], uris: [], addressCount: 0 };
    expect(parseCertificateRequest(JANE)).toMatchObject({ commonName: 'jane', organizations: ['dev', 'ops'], ...none });
    expect(parseCertificateRequest(ED)).toMatchObject({ commonName: 'ed', organizations: [], ...none });
    expect(parseCertificateRequest(NODE)).toMatchObject({
      commonName: 'system:node:n1',
      organizations: ['system:nodes'],
      dnsNames: ['n1'],
      emails: ['a@b.c'],
      uris: ['https://x/y'],
      addressCount: 1,
    });
  });

  it.each([
    ['no PEM', 'hello', 'PEM block type must be CERTIFICATE REQUEST'],
    [
      'another block',
      JANE.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE'),
      'PEM block type must be CERTIFICATE REQUEST',
    ],
    ['half of one', JANE.replace(/\n[\s\S]*?\n-----END/, '\nMIHn\n-----END'), 'asn1: syntax error: data truncated'],
    ['a name in wide characters', WIDE, 'use UTF8String or PrintableString'],
    ['another name than was signed', JANE.replace('BGphbmUx', 'BGpvaG4x'), 'x509: signature check failed'],
  ])('%s is refused', (_case, pem, message) => expect(() => parseCertificateRequest(pem)).toThrow(message));

  it('is signed as asked, by the authority', async () => {
    const clock = createVirtualClock(Date.UTC(2030, 0, 1));
    const ports = { clock, random: createSeededRandom(1) };
    const { signer, authority } = await createPki(ports, ['127.0.0.1']);
    const sign = createCertificateSigner(ports, signer);
    const pem = await sign({
      asked: parseCertificateRequest(NODE),
      usages: ['digital signature', 'key encipherment', 'server auth'],
      ttlMs: HOUR_MS,
    });
    const certificate = new X509Certificate(pem);
    expect(certificate.verify(new X509Certificate(authority).publicKey)).toBe(true);
    expect(certificate.subject).toBe('O=system:nodes\nCN=system:node:n1');
    expect(certificate.subjectAltName).toBe('DNS:n1, IP Address:10.0.0.1, email:a@b.c, URI:https://x/y');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(certificate.ca).toBe(false);
    expect(Date.parse(certificate.validFrom)).toBe(clock.now() - HOUR_MS / 12);
    expect(Date.parse(certificate.validTo)).toBe(clock.now() + HOUR_MS);
  });

  it.each([
    ['another name', { commonName: 'john' }],
    ['fewer organizations', { organizations: ['dev'] }],
    ['organizations in another order', { organizations: ['ops', 'dev'] }],
  ])('is not signed for %s than it was approved for', async (_case, read) => {
    const ports = { clock: createVirtualClock(Date.UTC(2030, 0, 1)), random: createSeededRandom(1) };
    const { signer } = await createPki(ports, ['127.0.0.1']);
    const sign = createCertificateSigner(ports, signer);
    const asked = { ...parseCertificateRequest(JANE), ...read };
    await expect(sign({ asked, usages: [], ttlMs: HOUR_MS })).rejects.toThrow('read in more than one way');
  });
});
