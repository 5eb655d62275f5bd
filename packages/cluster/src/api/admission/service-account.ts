/**
 * What a pod gets from its service account: the account's name, its pull secrets, and a volume with a token, the cluster's
 * authority and the namespace. @upstream kubernetes plugin/pkg/admission/serviceaccount/admission.go
 */
import { randomSuffix, type Random } from '@argosy/base';
import { podReferences, type Container, type Pod, type PodSpec, type ServiceAccount, type Volume } from '@argosy/kube';

import { isMirrorPod } from '../../kinds/strategies/pods.ts';
import type { Store } from '../../store/store.ts';

/** Where programs look for their account's files. */
export const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The account of pods that name none; every namespace has it, or will have it in a moment. */
const DEFAULT_ACCOUNT = 'default';
/** How the volume's name begins; the end is drawn. */
const VOLUME_PREFIX = 'kube-api-access-';
/** An hour, and a bit for whoever renews tokens late. */
const TOKEN_SECONDS = 3607;

/** A pod with its account's gifts, or why it cannot have them. */
export type PodOfAccount =
  | { readonly kind: 'pod'; readonly pod: Pod }
  | { readonly kind: 'refused'; readonly message: string };

/** Completes a pod about to be created. An account that was named must be there. */
export const withServiceAccount = (
  deps: { readonly store: Store; readonly random: Random },
  pod: Pod,
): PodOfAccount => {
  const { spec, metadata } = pod;
  if (isMirrorPod(pod)) return mirrorOf(pod);
  if (!spec || !Array.isArray(spec.containers)) return { kind: 'pod', pod };
  const namespace = metadata.namespace ?? '';
  const name = spec.serviceAccountName || DEFAULT_ACCOUNT;
  const account = deps.store.get('/serviceaccounts', { namespace, name }) as ServiceAccount | undefined;
  if (!account && name !== DEFAULT_ACCOUNT) {
    const message = `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`;
    return { kind: 'refused', message };
  }
  const named = { ...spec, serviceAccountName: name, serviceAccount: name, ...pullSecretsOf(spec, account) };
  const mounts = spec['automountServiceAccountToken'] ?? account?.automountServiceAccountToken ?? true;
  return { kind: 'pod', pod: { ...pod, spec: mounts === false ? named : withTokenVolume(named, deps.random) } };
};

/** A mirror shows what a node runs by itself: it has no account, and nothing of the namespace. */
const mirrorOf = (pod: Pod): PodOfAccount => {
  const refused = (what: string): PodOfAccount => ({
    kind: 'refused',
    message: `a mirror pod may not reference ${what}`,
  });
  if (pod.spec?.serviceAccountName) return refused('service accounts');
  return podReferences(pod).secrets.size > 0 ? refused('secrets') : { kind: 'pod', pod };
};

const pullSecretsOf = (spec: PodSpec, account: ServiceAccount | undefined): Partial<PodSpec> => {
  const own = spec['imagePullSecrets'];
  const given = (account as { readonly imagePullSecrets?: unknown } | undefined)?.imagePullSecrets;
  const hasOwn = Array.isArray(own) && own.length > 0;
  return hasOwn || !Array.isArray(given) || given.length === 0 ? {} : { imagePullSecrets: given };
};

/** Mounts the volume into every container that has nothing else at its place. */
const withTokenVolume = (spec: PodSpec, random: Random): PodSpec => {
  const lists = [spec.containers, ...(spec.initContainers ? [spec.initContainers] : [])];
  if (lists.flat().every(hasTokenMount)) return spec;
  const known = spec.volumes?.find((volume) => volume.name?.startsWith(VOLUME_PREFIX))?.name;
  const name = known ?? `${VOLUME_PREFIX}${randomSuffix(random)}`;
  const mount = (container: Container): Container =>
    hasTokenMount(container)
      ? container
      : {
          ...container,
          volumeMounts: [...(container.volumeMounts ?? []), { name, mountPath: TOKEN_PATH, readOnly: true }],
        };
  return {
    ...spec,
    containers: spec.containers.map(mount),
    ...(spec.initContainers ? { initContainers: spec.initContainers.map(mount) } : {}),
    ...(known === undefined ? { volumes: [...(spec.volumes ?? []), tokenVolume(name)] } : {}),
  };
};

const hasTokenMount = ({ volumeMounts }: Container): boolean =>
  volumeMounts?.some(({ mountPath }) => mountPath === TOKEN_PATH) ?? false;

const tokenVolume = (name: string): Volume => ({
  name,
  projected: {
    defaultMode: 0o644,
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
  },
});
