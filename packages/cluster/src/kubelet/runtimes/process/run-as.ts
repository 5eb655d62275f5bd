/**
 * As whom a container runs: the numbers its author gives, or nobody in particular when root is not allowed.
 * @upstream kubernetes pkg/kubelet/kuberuntime/security_context.go#verifyRunAsNonRoot
 */
import { Failure, isObject } from '@argosy/base';
import { allContainersOf } from '../../pod-containers.ts';
import type { ContainerLaunch } from '../../pod-runtime.ts';

/** A user and a group, by number. */
export interface RunAs {
  readonly user: number;
  readonly group: number;
}

/** The user of those who have none of their own: images are names only here, so none brings one. */
const NOBODY = 65_534;

/** Whom to become; `undefined` stays who we are. Throws a Failure CreateContainerConfigError for a contradiction. */
export const runAsOf = ({ pod, name }: ContainerLaunch): RunAs | undefined => {
  const own = allContainersOf(pod).find((one) => one.name === name)?.securityContext;
  const shared = pod.spec?.['securityContext'];
  const context = { ...(isObject(shared) ? shared : {}), ...own };
  const [user, group] = [context['runAsUser'], context['runAsGroup']];
  const isNonRoot = context['runAsNonRoot'] === true;
  if (isNonRoot && user === 0)
    throw new Failure(
      `container ${name}: runAsUser 0 breaks the non-root policy: remove runAsNonRoot or choose another user`,
      {
        code: 'CreateContainerConfigError',
      },
    );
  if (typeof user === 'number') return { user, group: typeof group === 'number' ? group : user };
  if (isNonRoot) return { user: NOBODY, group: typeof group === 'number' ? group : NOBODY };
  return typeof group === 'number' ? { user: 0, group } : undefined;
};
