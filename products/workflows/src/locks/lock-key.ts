/**
 * Keys of locks and of those who hold them. @spec WF-SYNC-05
 */
import { fail, ok, type Result } from '@argosy/base';

/** Kinds of lock. */
export type LockKind = 'Mutex' | 'ConfigMap' | 'Database';

/** A key taken apart: `<namespace>/Mutex/<name>`, `<namespace>/ConfigMap/<map>/<key>`, `<namespace>/Database/<name>`. */
export interface LockKey {
  readonly namespace: string;
  readonly kind: LockKind;
  readonly name: string;
  /** Key of the ConfigMap. */
  readonly key?: string;
}

/** Reads a key. The name of a mutex or of a database lock may hold slashes. */
export const parseLockKey = (text: string): Result<LockKey> => {
  const [namespace = '', kind = '', ...rest] = text.split('/');
  const invalid = fail(`invalid lock key ${JSON.stringify(text)}`);
  if (namespace === '' || rest.length === 0 || rest[0] === '') return invalid;
  switch (kind) {
    case 'Mutex':
    case 'Database':
      return ok({ namespace, kind, name: rest.join('/') });
    case 'ConfigMap': {
      const [name = '', key, ...more] = rest;
      return key === undefined || more.length > 0 ? invalid : ok({ namespace, kind, name, key });
    }
    default:
      return invalid;
  }
};

/** Writes a key. */
export const formatLockKey = ({ namespace, kind, name, key }: LockKey): string =>
  `${namespace}/${kind}/${name}${key === undefined ? '' : `/${key}`}`;

/** Who holds a lock: a workflow, or a node of it. */
export const holderKeyOf = (workflow: { readonly namespace: string; readonly name: string }, nodeId = ''): string =>
  `${workflow.namespace}/${workflow.name}${nodeId === '' ? '' : `/${nodeId}`}`;

/** The workflow of a holder, as `namespace/name`. */
export const workflowOfHolder = (holder: string): string => holder.split('/', 2).join('/');
