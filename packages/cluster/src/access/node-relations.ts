/**
 * Which objects are of use to a node, by the pods on it. Looked up at each question: nodes ask seldom, and what the store
 * says is never out of date. @upstream kubernetes plugin/pkg/auth/authorizer/node/graph.go
 */
import { isObject } from '@argosy/base';
import { podReferences, type IsRelated, type PersistentVolume, type Pod } from '@argosy/kube';

import type { Store } from '../store/store.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Creates the look-up. */
export const createNodeRelations =
  (store: Pick<Store, 'get' | 'list'>): IsRelated =>
  (node, { group, resource, namespace, name }) => {
    const relation = RELATIONS[`${group}/${resource}`];
    return relation?.(store, { node, name, ...(namespace ? { namespace } : {}) }) ?? false;
  };

interface Wanted {
  readonly node: string;
  readonly namespace?: string;
  readonly name: string;
}
type Relation = (store: Pick<Store, 'get' | 'list'>, wanted: Wanted) => boolean;

/** Mirrors of pods a node has by itself give it nothing. */
const podsOn = (store: Pick<Store, 'list'>, { node, namespace }: Omit<Wanted, 'name'>): readonly Pod[] =>
  (store.list('/pods', namespace ? { namespace } : {}).items as readonly Pod[]).filter(
    ({ spec, metadata }) => spec?.nodeName === node && metadata.annotations?.[MIRROR] === undefined,
  );

const MIRROR = 'kubernetes.io/config.mirror';

const needsSecret: Relation = (store, wanted) =>
  podsOn(store, wanted).some((pod) => podReferences(pod).secrets.has(wanted.name)) ||
  volumesOn(store, wanted.node).some((volume) => namesSecret(volume, wanted));

const needsClaim: Relation = (store, wanted) =>
  podsOn(store, wanted).some((pod) => podReferences(pod).claims.has(wanted.name));

/** Volumes of claims of pods of the node. */
const volumesOn = (store: Pick<Store, 'list'>, node: string): readonly PersistentVolume[] => {
  const claims = new Set(
    podsOn(store, { node }).flatMap((pod) =>
      [...podReferences(pod).claims].map((claim) => `${pod.metadata.namespace}/${claim}`),
    ),
  );
  if (claims.size === 0) return [];
  return (store.list('/persistentvolumes').items as readonly PersistentVolume[]).filter((volume) => {
    const { namespace, name } = claimRefOf(volume);
    return typeof namespace === 'string' && typeof name === 'string' && claims.has(`${namespace}/${name}`);
  });
};

const claimRefOf = (volume: PersistentVolume): { readonly namespace?: unknown; readonly name?: unknown } => {
  const reference = (volume.spec as Fields | undefined)?.['claimRef'];
  return isObject(reference) ? reference : {};
};

/** Members by which drivers name the secrets a node needs for a volume. */
const SECRET_MEMBERS: ReadonlySet<string> = new Set([
  'secretRef',
  'nodePublishSecretRef',
  'nodeStageSecretRef',
  'nodeExpandSecretRef',
]);

const namesSecret = (volume: PersistentVolume, { namespace, name }: Wanted): boolean => {
  const own = claimRefOf(volume).namespace;
  return Object.values((volume.spec ?? {}) as Fields)
    .filter(isObject)
    .some((source) =>
      Object.entries(source).some(
        ([member, reference]) =>
          SECRET_MEMBERS.has(member) &&
          isObject(reference) &&
          reference['name'] === name &&
          (reference['namespace'] ?? own) === namespace,
      ),
    );
};

const RELATIONS: Readonly<Record<string, Relation>> = {
  '/secrets': needsSecret,
  '/configmaps': (store, wanted) => podsOn(store, wanted).some((pod) => podReferences(pod).configMaps.has(wanted.name)),
  '/persistentvolumeclaims': needsClaim,
  '/persistentvolumes': (store, { node, name }) =>
    volumesOn(store, node).some(({ metadata }) => metadata.name === name),
  '/serviceaccounts': (store, wanted) =>
    podsOn(store, wanted).some(({ spec }) => spec?.serviceAccountName === wanted.name),
  '/pods': (store, { node, namespace = '', name }) =>
    (store.get('/pods', { namespace, name }) as Pod | undefined)?.spec?.nodeName === node,
  'storage.k8s.io/volumeattachments': (store, { node, name }) => {
    const spec = store.get('storage.k8s.io/volumeattachments', { name })?.spec;
    return isObject(spec) && spec['nodeName'] === node;
  },
};
