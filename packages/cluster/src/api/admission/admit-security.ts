/**
 * Pod security at the door: what a namespace forbids is refused, what it warns of is told, what it audits is logged.
 * @spec https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
import type { WriteOptions } from '@argosy/client';
import { ApiStatusError, gvkOf, invalidObject, type KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { OURSELVES, type ApiContext } from '../api-context.ts';
import { levelFindings, podOf, securityProblem } from './pod-security/pod-security.ts';

/** Throws Forbidden for a pod its namespace does not permit, Invalid for a namespace whose labels name no level or version. */
export const admitSecurity = (
  { store, log, caller }: Pick<ApiContext, 'store' | 'log' | 'caller'>,
  kind: ServedKind,
  write: { readonly object: KubeObject; readonly before?: KubeObject; readonly options: WriteOptions },
): void => {
  const { object, before, options } = write;
  if (kind.storage === '/namespaces') return checkLevels(object, before);
  const isPod = kind.storage === '/pods';
  // Of a pod that is there nothing else that counts can change.
  const isLooked = isPod ? !before || options.subresource === 'ephemeralcontainers' : options.subresource === undefined;
  const pod = isLooked ? podOf(kind.storage, object) : undefined;
  if (!pod) return;
  const namespace = store.get('/namespaces', { name: object.metadata.namespace ?? '' });
  const problem = isPod ? securityProblem('enforce', namespace, pod) : undefined;
  const name = object.metadata.name ?? '';
  if (problem !== undefined)
    throw new ApiStatusError('Forbidden', `pods ${JSON.stringify(name)} is forbidden: ${problem}`, {
      name,
      kind: kind.plural,
    });
  const audited = options.dryRun ? undefined : securityProblem('audit', namespace, pod);
  // There is no log of audits: the server's own takes what such an entry would say.
  if (audited !== undefined)
    log.warn('pod security audit', {
      violations: audited,
      resource: kind.plural,
      namespace: object.metadata.namespace,
      name,
      user: (caller ?? OURSELVES).username,
    });
  const warning = securityProblem('warn', namespace, pod);
  if (warning !== undefined) options.onWarning?.(warning);
};

/** A level that is there already holds up no other change. */
const checkLevels = (namespace: KubeObject, before: KubeObject | undefined): void => {
  const known = new Set(before ? levelFindings(before).map(({ message }) => message) : []);
  const findings = levelFindings(namespace).filter(({ message }) => !known.has(message));
  if (findings.length > 0) throw invalidObject(gvkOf(namespace), namespace.metadata.name ?? '', findings);
};
