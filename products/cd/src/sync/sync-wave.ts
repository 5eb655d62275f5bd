/**
 * Waves, phases and hooks, as annotations say them. @spec CD-HOOK-01 … CD-HOOK-10
 */
import type { KubeObject } from '@argosy/kube';

/** Phases of a sync, in order. */
export const SYNC_PHASES = ['PreSync', 'Sync', 'PostSync', 'SyncFail'] as const;

/** A phase. */
export type SyncPhase = (typeof SYNC_PHASES)[number];

/** When a hook's object is removed. */
export type HookDeletePolicy = 'HookSucceeded' | 'HookFailed' | 'BeforeHookCreation';

const WAVE = 'argocd.argoproj.io/sync-wave';
const HELM_WEIGHT = 'helm.sh/hook-weight';
const HOOK = 'argocd.argoproj.io/hook';
const HELM_HOOK = 'helm.sh/hook';
const DELETE_POLICY = 'argocd.argoproj.io/hook-delete-policy';
const HELM_DELETE_POLICY = 'helm.sh/hook-delete-policy';

/** Names a hook annotation may hold; delete hooks run when the application goes. */
const HOOK_TYPES = new Set<string>([...SYNC_PHASES, 'Skip', 'PostDelete', 'PreDelete']);
/** @spec CD-HELM-13 */
const HELM_HOOK_TYPES: Readonly<Record<string, string>> = {
  'crd-install': 'PreSync',
  'pre-install': 'PreSync',
  'pre-upgrade': 'PreSync',
  'post-install': 'PostSync',
  'post-upgrade': 'PostSync',
  'post-delete': 'PostDelete',
  'pre-delete': 'PreDelete',
};
const HELM_POLICIES: Readonly<Record<string, HookDeletePolicy>> = {
  'hook-succeeded': 'HookSucceeded',
  'hook-failed': 'HookFailed',
  'before-hook-creation': 'BeforeHookCreation',
};

/** An object's wave; 0 when it says none or no integer. */
export const syncWaveOf = (object: KubeObject): number => {
  const text = object.metadata.annotations?.[WAVE] ?? object.metadata.annotations?.[HELM_WEIGHT];
  return text !== undefined && /^[+-]?\d{1,9}$/.test(text) ? Number(text) : 0;
};

/** What the hook annotation names, each once, in order; unknown names are left out. */
export const hookTypesOf = (object: KubeObject): readonly string[] => {
  const own = splitList(object.metadata.annotations?.[HOOK]);
  if (own.length > 0) return [...new Set(own.filter((name) => HOOK_TYPES.has(name)))];
  return [...new Set(helmHooksOf(object).flatMap((name) => HELM_HOOK_TYPES[name] ?? []))];
};

/** Whether an object is a hook: it runs in its phases and is no part of what is desired. */
export const isHook = (object: KubeObject): boolean => {
  const own = splitList(object.metadata.annotations?.[HOOK]);
  if (own.length > 0) return !(own.length === 1 && own[0] === 'Skip');
  const helm = helmHooksOf(object);
  // A CRD that Helm installs first is an ordinary object to us.
  if (object.kind === 'CustomResourceDefinition' && helm.includes('crd-install')) return false;
  return helm.length > 0;
};

/** Whether an object is to be left out of syncs altogether. */
export const isSkipped = (object: KubeObject): boolean => {
  const types = hookTypesOf(object);
  return types.length === 1 && types[0] === 'Skip';
};

/** Sync phases of a hook. */
export const hookPhasesOf = (object: KubeObject): readonly SyncPhase[] =>
  SYNC_PHASES.filter((phase) => hookTypesOf(object).includes(phase));

/** When a hook's object goes; before the next one is made unless it says otherwise. */
export const deletePoliciesOf = (object: KubeObject): readonly HookDeletePolicy[] => {
  const own = splitList(object.metadata.annotations?.[DELETE_POLICY]).filter((name): name is HookDeletePolicy =>
    Object.values(HELM_POLICIES).includes(name as HookDeletePolicy),
  );
  const helm = splitList(object.metadata.annotations?.[HELM_DELETE_POLICY]).flatMap(
    (name) => HELM_POLICIES[name] ?? [],
  );
  const policies = [...own, ...helm];
  return policies.length > 0 ? policies : ['BeforeHookCreation'];
};

const helmHooksOf = (object: KubeObject): readonly string[] => splitList(object.metadata.annotations?.[HELM_HOOK]);

const splitList = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
