/**
 * Signs approved certificate requests with the cluster's authority, and takes old requests away.
 */
import { X509Certificate } from 'node:crypto';

import { toTimestamp, type Instant } from '@argosy/base';
import { createController, watchObjects, type Controller, type Next } from '@argosy/controller';
import {
  CERTIFICATE_SIGNING_REQUESTS,
  isApiError,
  keyOf,
  type CertificateSigningRequest,
  type ObjectKey,
} from '@argosy/kube';

import { parseCertificateRequest, type CertificateRequest } from '../../pki/certificate-request.ts';
import type { SignCertificate } from '../../pki/sign-certificate.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { decideSigning, type SigningDecision } from './decide.ts';

/** Creates the loop. */
export const createCertificateSigningLoop = (deps: LoopDeps, sign: SignCertificate): Controller => {
  const requests = deps.informers.of({ resource: CERTIFICATE_SIGNING_REQUESTS });
  const reconcile = async (key: ObjectKey): Promise<Next> => {
    const request = requests.get(key);
    if (!request) return { kind: 'settled' };
    const asked = readRequest(request);
    const expiresAt = endOfCertificate(request);
    const decision = decideSigning({ request, asked, expiresAt, now: deps.clock.now() });
    await act(deps, { request, asked, decision, sign });
    return decision.kind === 'wait' && decision.afterMs !== undefined
      ? { kind: 'recheck', afterMs: decision.afterMs }
      : { kind: 'settled' };
  };
  return createController(deps, { name: 'certificate-signing', sources: [watchObjects(requests)], reconcile });
};

const act = async (
  deps: LoopDeps,
  of: {
    readonly request: CertificateSigningRequest;
    readonly asked: CertificateRequest | undefined;
    readonly decision: SigningDecision;
    readonly sign: SignCertificate;
  },
): Promise<void> => {
  const { request, asked, decision } = of;
  const writeStatus = async (status: object): Promise<void> => {
    const written = { ...request, status: { ...request.status, ...status } };
    await deps.client.update(CERTIFICATE_SIGNING_REQUESTS, written, { subresource: 'status' });
  };
  try {
    if (decision.kind === 'delete')
      await deps.client.delete(CERTIFICATE_SIGNING_REQUESTS, keyOf(request), {
        preconditions: { uid: request.metadata.uid ?? '' },
      });
    if (decision.kind === 'sign' && asked) {
      const certificate = await of.sign({ asked, usages: decision.usages, ttlMs: decision.ttlMs });
      await writeStatus({ certificate: Buffer.from(certificate, 'utf8').toString('base64') });
    }
    if (decision.kind === 'fail') {
      const now = toTimestamp(deps.clock.now());
      const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: decision.message };
      await writeStatus({ conditions: [...(request.status?.conditions ?? []), { ...failed, lastUpdateTime: now }] });
    }
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
  }
};

/** What a request asks for. The server has checked it; a folder of before may hold one it had not: `undefined`. */
export const readRequest = ({ spec }: CertificateSigningRequest): CertificateRequest | undefined => {
  try {
    return parseCertificateRequest(Buffer.from(spec?.request ?? '', 'base64').toString('utf8'));
  } catch {
    // Nothing to sign: it goes when its time comes.
    return undefined;
  }
};

/** When the certificate issued ends; other signers may have written what is none. */
const endOfCertificate = ({ status }: CertificateSigningRequest): Instant | undefined => {
  if (!status?.certificate) return undefined;
  try {
    return Date.parse(new X509Certificate(Buffer.from(status.certificate, 'base64')).validTo);
  } catch {
    return undefined;
  }
};
