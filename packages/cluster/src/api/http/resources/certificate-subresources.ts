/**
 * `certificatesigningrequests/NAME/approval` and the signing of certificates: besides the right to write there, whoever
 * approves or signs needs that of the signer.
 * @upstream kubernetes plugin/pkg/admission/certificates/{approval,signing}
 */
import {
  ApiStatusError,
  CERTIFICATE_SIGNING_REQUESTS,
  MASTERS,
  type CertificateSigningRequest,
  type ObjectKey,
} from '@argosy/kube';

import { one } from '../answers/object-answers.ts';
import { notAllowed, objectFrom, patchFrom, writeOptions, type Call, type ResourceAnswer } from '../resource-call.ts';

const APPROVAL = { subresource: 'approval' } as const;

/** Answers GET, PUT and PATCH of an approval. Throws Forbidden, Invalid, NotFound, Conflict. */
export const answerApproval = async (call: Call, key: ObjectKey): Promise<ResourceAnswer> => {
  const { client, request } = call;
  const current = await client.get(CERTIFICATE_SIGNING_REQUESTS, key);
  if (request.method === 'GET') return one(call, 200, current);
  checkSigner(call, current, 'approve');
  const options = { ...writeOptions(call), ...APPROVAL };
  switch (request.method) {
    case 'PUT':
      return one(
        call,
        200,
        // Validated where it is written.
        await client.update(CERTIFICATE_SIGNING_REQUESTS, objectFrom(call) as CertificateSigningRequest, options),
      );
    case 'PATCH':
      return one(call, 200, await client.patch(CERTIFICATE_SIGNING_REQUESTS, key, patchFrom(call), options));
    default:
      throw notAllowed();
  }
};

/** Refuses a certificate of somebody who may write the status, but not sign for this signer. Throws Forbidden, NotFound. */
export const checkSigning = async (call: Call, key: ObjectKey): Promise<void> => {
  const { client, request } = call;
  if (request.method === 'GET' || request.caller.groups.includes(MASTERS)) return;
  const current = await client.get(CERTIFICATE_SIGNING_REQUESTS, key);
  const changed =
    request.method === 'PUT'
      ? (objectFrom(call) as CertificateSigningRequest)
      : await client.patch(CERTIFICATE_SIGNING_REQUESTS, key, patchFrom(call), {
          subresource: 'status',
          dryRun: true,
        });
  if (changed.status?.certificate !== current.status?.certificate) checkSigner(call, current, 'sign');
};

const checkSigner = (call: Call, current: CertificateSigningRequest, verb: 'approve' | 'sign'): void => {
  const { caller } = call.request;
  if (caller.groups.includes(MASTERS)) return;
  const signerName = current.spec?.signerName ?? '';
  const roles = call.access.roles();
  const may = (name: string): boolean =>
    roles.allows(caller, { kind: 'resource', verb, group: 'certificates.k8s.io', resource: 'signers', name }).allowed;
  if (may(signerName) || may(`${signerName.split('/')[0]}/*`)) return;
  const name = current.metadata.name ?? '';
  const { group, resource } = CERTIFICATE_SIGNING_REQUESTS;
  throw new ApiStatusError(
    'Forbidden',
    `${resource}.${group} ${JSON.stringify(name)} is forbidden: user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`,
    { name, group, kind: resource },
  );
};
