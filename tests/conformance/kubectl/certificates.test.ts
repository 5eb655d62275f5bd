/** Certificates on request, with the real kubectl: asked for, approved, signed, and used. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describeKubectl('certificate', {}, (world) => {
  const ask = (name: string, subject: string, spec = 'usages: [client auth]'): string => {
    const at = (file: string): string => path.join(world().folder, file);
    execFileSync('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', at(`${name}.key`)]);
    execFileSync('openssl', ['req', '-new', '-key', at(`${name}.key`), '-subj', subject, '-out', at(`${name}.csr`)]);
    const request = readFileSync(at(`${name}.csr`)).toString('base64');
    const file = at(`${name}.yaml`);
    writeFileSync(
      file,
      `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: ${name}}
spec:
  request: ${request}
  signerName: kubernetes.io/kube-apiserver-client
  ${spec}
`,
    );
    return file;
  };
  it.skipIf(!hasOpenssl)('approve: signs, and the certificate opens the API server', async () => {
    const { k, url, folder } = world();
    await k(`create -f ${ask('jane', '/CN=jane/O=dev', 'expirationSeconds: 3600\n  usages: [client auth]')}`);
    expect(await k('get csr')).toMatch(
      /NAME +AGE +SIGNERNAME +REQUESTOR +REQUESTEDDURATION +CONDITION\s+jane +\S+ +kubernetes.io\/kube-apiserver-client +kubernetes-admin +60m +Pending/,
    );
    expect(await k('certificate approve jane')).toContain(
      'certificatesigningrequest.certificates.k8s.io/jane approved',
    );
    await world().until('the certificate', async () => (await k('get csr jane')).includes('Approved,Issued'));
    expect(await k('describe csr jane')).toMatch(/Common Name: +jane/);
    const certificate = await k('get csr jane -o jsonpath={.status.certificate}');
    writeFileSync(path.join(folder, 'jane.crt'), Buffer.from(certificate, 'base64'));
    writeFileSync(path.join(folder, 'empty'), '');
    const whoami = await k(
      `--kubeconfig ${path.join(folder, 'empty')} --server ${url} --certificate-authority ${path.join(folder, 'ca.crt')} --client-certificate ${path.join(folder, 'jane.crt')} --client-key ${path.join(folder, 'jane.key')} auth whoami -o yaml`,
    );
    expect(whoami).toContain('username: jane');
    expect(whoami).toContain('- dev');
  });

  it.skipIf(!hasOpenssl)('deny: is not signed, and not approved after all', async () => {
    const { k, refused } = world();
    await k(`create -f ${ask('joe', '/CN=joe')}`);
    await k('certificate deny joe');
    expect(await k('get csr joe')).toContain('Denied');
    expect(await refused('certificate approve joe')).toContain('is already Denied');
  });

  it.skipIf(!hasOpenssl)('refuses administrators on request, and requests that are none', async () => {
    const { refused, k } = world();
    expect(await refused(`create -f ${ask('root', '/CN=root/O=system:masters')}`)).toContain(
      'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    );
    const file = ask('server', '/CN=server', 'usages: [server auth]');
    await k(`create -f ${file}`);
    await k('certificate approve server');
    await world().until('the failure', async () => (await k('get csr server')).includes('Approved,Failed'));
    writeFileSync(file, readFileSync(file, 'utf8').replace(/request: .*/, 'request: aGVsbG8='));
    expect(await refused(`create -f ${file} --dry-run=server`)).toContain('PEM block type must be CERTIFICATE REQUEST');
  });
});
