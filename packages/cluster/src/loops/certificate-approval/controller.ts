/**
 * Approves the certificate requests of kubelets that roles permit to have them.
 */
import { createController, watchMapped, watchObjects, type Controller, type Next } from '@argosy/controller';
import {
  CERTIFICATE_SIGNING_REQUESTS,
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  createRoleIndex,
  keyOf,
  type Caller,
  type CertificateSigningRequest,
  type ObjectKey,
  type RoleIndex,
} from '@argosy/kube';

import { readRequest } from '../certificate-signing/controller.ts';
import { unlessGone } from '../idempotent-writes.ts';
import type { LoopDeps } from '../loop-deps.ts';
import { decideApproval, isOpenKubeletRequest, type ApprovalRight } from './decide.ts';

/** Creates the loop. */
export const createCertificateApprovalLoop = (deps: LoopDeps): Controller => {
  const requests = deps.informers.of({ resource: CERTIFICATE_SIGNING_REQUESTS });
  const roles = deps.informers.of({ resource: CLUSTER_ROLES });
  const bindings = deps.informers.of({ resource: CLUSTER_ROLE_BINDINGS });
  const rights = (): RoleIndex =>
    createRoleIndex({ clusterRoles: roles.list(), clusterRoleBindings: bindings.list(), roles: [], roleBindings: [] });
  const open = (): readonly ObjectKey[] => requests.list().filter(isOpenKubeletRequest).map(keyOf);

  const reconcile = async (key: ObjectKey): Promise<Next> => {
    const request = requests.get(key);
    if (!request || !isOpenKubeletRequest(request)) return { kind: 'settled' };
    const index = rights();
    const may = (right: ApprovalRight): boolean => index.allows(callerOf(request), attributesOf(right)).allowed;
    const decision = decideApproval({ request, asked: readRequest(request), may });
    if (decision.kind === 'approve') await approve(deps, request, decision.message);
    return { kind: 'settled' };
  };
  return createController(deps, {
    name: 'certificate-approval',
    // Whoever may not today may tomorrow.
    sources: [watchObjects(requests), watchMapped(roles, open), watchMapped(bindings, open)],
    reconcile,
  });
};

const callerOf = ({ spec }: CertificateSigningRequest): Caller => ({
  username: spec?.username ?? '',
  groups: spec?.groups ?? [],
});

const attributesOf = (right: ApprovalRight) => ({
  kind: 'resource' as const,
  verb: 'create',
  group: 'certificates.k8s.io',
  resource: 'certificatesigningrequests',
  subresource: right,
});

const approve = async ({ client }: LoopDeps, request: CertificateSigningRequest, message: string): Promise<void> => {
  const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message } as const;
  const conditions = [...(request.status?.conditions ?? []), approved];
  const changed = { ...request, status: { ...request.status, conditions } };
  await unlessGone(() => client.update(CERTIFICATE_SIGNING_REQUESTS, changed, { subresource: 'approval' }));
};
