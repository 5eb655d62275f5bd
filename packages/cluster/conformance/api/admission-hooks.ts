/** A server of admission webhooks for tests: it answers as it is told to. */
import https from 'node:https';
import type { AddressInfo } from 'node:net';

import { createPki } from '../../src/index.ts';
import { PORTS } from '../running-cluster.ts';

/** What every request has that is asked about. */
interface Asked {
  readonly uid: string;
}

/** What is answered; the patch is one of JSON. */
export interface HookAnswer {
  readonly allowed: boolean;
  readonly patch?: readonly object[];
  readonly message?: string;
}

/** A listening server. */
export interface AdmissionHooks {
  /** The `clientConfig` of webhooks asked at a path. */
  clientConfig(path: string): { readonly url: string; readonly caBundle: string };
  close(): void;
}

/** Listens on a free port; `answer` is given each request and the path it came to. */
export const startAdmissionHooks = async <Request extends Asked>(
  answer: (asked: Request, path: string) => HookAnswer,
): Promise<AdmissionHooks> => {
  const pki = await createPki(PORTS, ['127.0.0.1']);
  const server = https.createServer({ cert: pki.serverCertificate, key: pki.serverKey }, (request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      const { request: asked } = JSON.parse(body) as { readonly request: Request };
      const { allowed, patch, message } = answer(asked, request.url ?? '/');
      const change = patch && {
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      };
      const verdict = { uid: asked.uid, allowed, ...(message ? { status: { message } } : {}), ...change };
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: verdict }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    clientConfig: (path) => ({
      url: `https://127.0.0.1:${port}${path}`,
      caBundle: Buffer.from(pki.authority).toString('base64'),
    }),
    close: () => void server.close(),
  };
};
