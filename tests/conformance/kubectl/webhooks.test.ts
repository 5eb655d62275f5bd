import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createSystemClock, createSystemRandom } from '@argosy/base';
import { createPki } from '@argosy/cluster';

import { describeKubectl } from './kubectl-world.ts';

interface Review {
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly userInfo: { readonly username: string };
    readonly object: {
      readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
    } | null;
    readonly oldObject: { readonly metadata: { readonly labels?: Readonly<Record<string, string>> } } | null;
    readonly dryRun: boolean;
  };
}
const map = (name: string, labels = '{}') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: ${labels}}`;

describeKubectl('admission webhooks', {}, (world) => {
  let server: https.Server;
  let url: string;
  let authority: string;
  const seen: Review['request'][] = [];

  const answer = (path: string, { request }: Review): object => {
    seen.push(request);
    const labels = request.object?.metadata.labels ?? {};
    if (path.startsWith('/mutate')) {
      const patch = [{ op: 'add', path: '/metadata/labels', value: { ...labels, touched: 'yes' } }];
      return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
    }
    const isBad =
      labels['bad'] === 'yes' ||
      (request.operation === 'DELETE' && request.oldObject?.metadata.labels?.['kept'] === 'yes');
    return isBad
      ? { allowed: false, status: { message: `${request.operation} of what is bad`, code: 403 } }
      : { allowed: true, ...(labels['odd'] === 'yes' ? { warnings: ['this is odd'] } : {}) };
  };
  beforeAll(async () => {
    const pki = await createPki({ clock: createSystemClock(), random: createSystemRandom() }, ['127.0.0.1']);
    ({ authority } = pki);
    server = https.createServer({ cert: pki.serverCertificate, key: pki.serverKey }, (request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString('utf8')));
      request.on('end', () => {
        const review = JSON.parse(body) as Review;
        const answered = { uid: review.request.uid, ...answer(request.url ?? '', review) };
        response.end(
          JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answered }),
        );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const configuration = (kind: string, name: string, webhook: object) =>
    JSON.stringify({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: `${kind}WebhookConfiguration`,
      metadata: { name },
      webhooks: [
        {
          name: `${name}.example.com`,
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          clientConfig: { url: `${url}/${name}`, caBundle: Buffer.from(authority).toString('base64') },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['*'] }],
          ...webhook,
        },
      ],
    });

  it('a mutating webhook changes what is created and updated', async () => {
    const { k } = world();
    await k('apply -f -', configuration('Mutating', 'mutate', {}));
    await k('create -f -', map('one'));
    expect(await k('get cm one -o jsonpath={.metadata.labels.touched}')).toBe('yes');
    await k('label cm one touched=no --overwrite');
    expect(await k('get cm one -o jsonpath={.metadata.labels.touched}')).toBe('yes');
    expect(seen.at(-1)).toMatchObject({
      operation: 'UPDATE',
      userInfo: { username: 'kubernetes-admin' },
      dryRun: false,
    });
    await k('delete mutatingwebhookconfiguration mutate');
  });
  it('a validating webhook denies, in its own words', async () => {
    const { k, refused } = world();
    await k('apply -f -', configuration('Validating', 'validate', {}));
    expect(await refused('create -f -', map('two', '{bad: "yes"}'))).toContain(
      'admission webhook "validate.example.com" denied the request: CREATE of what is bad',
    );
    await k('create -f -', map('two', '{kept: "yes"}'));
    expect(await refused('label cm two bad=yes')).toContain('UPDATE of what is bad');
    expect(await refused('apply --server-side -f -', map('two', '{bad: "yes"}'))).toContain('denied the request');
    expect(await refused('delete cm two')).toContain('DELETE of what is bad');
    await k('label cm two kept-');
    await k('delete cm two');
    await k('delete validatingwebhookconfiguration validate');
  });
  it('warnings reach the user', async () => {
    const { k, run } = world();
    await k('apply -f -', configuration('Validating', 'validate', {}));
    const { err } = await run(['create', '-f', '-'], map('odd', '{odd: "yes"}'));
    expect(err).toContain('Warning: this is odd');
    await k('delete validatingwebhookconfiguration validate');
  });
  it('match conditions say when it is asked', async () => {
    const { k, refused } = world();
    const conditions = (expression: string) => ({ matchConditions: [{ name: 'mine', expression }] });
    const mine = "request.userInfo.username != 'kubernetes-admin' || object.metadata.name.startsWith('x-')";
    await k('apply -f -', configuration('Validating', 'validate', conditions(mine)));
    await k('create -f -', map('fine', '{bad: "yes"}'));
    expect(await refused('create -f -', map('x-bad', '{bad: "yes"}'))).toContain('denied the request');
    expect(await refused('apply -f -', configuration('Validating', 'other', conditions('object.')))).toContain(
      'webhooks[0].matchConditions[0].expression: Invalid value: "object.": compilation failed',
    );
    // What cannot be told is what the failurePolicy says.
    await k('apply -f -', configuration('Validating', 'validate', conditions('object.data.none == "x"')));
    expect(await refused('create -f -', map('lost'))).toContain('no such key');
    await k(
      'apply -f -',
      configuration('Validating', 'validate', { ...conditions('object.data.none == "x"'), failurePolicy: 'Ignore' }),
    );
    await k('create -f -', map('ignored'));
    await k('delete validatingwebhookconfiguration validate');
  });
  it('selectors say whom it concerns', async () => {
    const { k, refused } = world();
    const selector = { objectSelector: { matchLabels: { judged: 'yes' } } };
    await k('apply -f -', configuration('Validating', 'picky', selector));
    await k('create -f -', map('free', '{bad: "yes"}'));
    expect(await refused('create -f -', map('judged', '{bad: "yes", judged: "yes"}'))).toContain('denied the request');
    await k('delete validatingwebhookconfiguration picky');
  });
  it('failurePolicy Fail refuses what nobody judged, Ignore lets it pass', async () => {
    const { k, refused } = world();
    const gone = { clientConfig: { url: 'https://127.0.0.1:1/' }, timeoutSeconds: 1 };
    await k('apply -f -', configuration('Validating', 'gone', { ...gone, failurePolicy: 'Fail' }));
    expect(await refused('create -f -', map('three'))).toContain('failed calling webhook "gone.example.com"');
    await k('apply -f -', configuration('Validating', 'gone', { ...gone, failurePolicy: 'Ignore' }));
    await k('create -f -', map('three'));
    await k('delete validatingwebhookconfiguration gone');
  });
  it('dry runs ask as well, and say so', async () => {
    const { k } = world();
    await k('apply -f -', configuration('Validating', 'validate', {}));
    await k('create --dry-run=server -f -', map('never'));
    expect(seen.at(-1)).toMatchObject({ operation: 'CREATE', dryRun: true });
    await k('delete validatingwebhookconfiguration validate');
  });
  it('a configuration that cannot work is refused, field by field', async () => {
    const bad = configuration('Validating', 'bad', {
      sideEffects: 'Some',
      timeoutSeconds: 60,
    });
    const refusal = await world().refused('apply -f -', bad);
    expect(refusal).toContain('webhooks[0].sideEffects: Unsupported value: "Some"');
    expect(refusal).toContain('webhooks[0].timeoutSeconds: Invalid value: 60');
  });
});
