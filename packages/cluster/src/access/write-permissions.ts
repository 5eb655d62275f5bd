/**
 * What callers' rights say about a write beyond its request: asked where the object to be written is known for good, since
 * between a look at it and its write others may have changed it.
 */
import type { Caller, KubeObject, ObjectKey } from '@argosy/kube';

import type { ServedKind } from '../kinds/served-kind.ts';
import type { Access } from './access.ts';
import { authorize } from './authorize.ts';
import { checkGrant, isGrant } from './check-grants.ts';

/** Of whoever asks over the network; programs of this process may write everything. */
export interface WritePermissions {
  /** Throws Forbidden for a role or binding that gives away more than the caller has, NotFound for one of a role that is not there. */
  checkGrant(
    caller: Caller | undefined,
    kind: ServedKind,
    change: { readonly object: KubeObject; readonly before?: KubeObject },
  ): void;
  /** Throws Forbidden unless the caller may create the object: who applies what is not there creates it. */
  checkCreate(caller: Caller | undefined, kind: ServedKind, key: ObjectKey): void;
}

/** Creates them. */
export const createWritePermissions = (access: Access): WritePermissions => ({
  checkGrant: (caller, kind, change) => {
    if (caller && isGrant(kind.group, kind.plural)) checkGrant(access, caller, { resource: kind.plural, ...change });
  },
  checkCreate: (caller, { group, plural }, { name, namespace }) => {
    if (!caller) return;
    const of = { kind: 'resource', verb: 'create', group, resource: plural, name } as const;
    authorize(access, caller, namespace ? { ...of, namespace } : of);
  },
});
