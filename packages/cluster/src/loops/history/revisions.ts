/**
 * The history of a template, kept in ControllerRevisions: what StatefulSets and DaemonSets roll forward and back by.
 * @upstream kubernetes pkg/controller/history/controller_history.go
 */
import { canonicalText, isObject, type Json } from '@argosy/base';
import {
  controllerReferenceTo,
  type ControllerRevision,
  type KubeObject,
  type PodTemplateSpec,
  type StringMap,
} from '@argosy/kube';

import { templateHash } from './template-hash.ts';

/** Label with the hash: of a revision, and of the pods made from it. */
export const REVISION_HASH = 'controller-revision-hash';

/** What is to be done about the history. */
export type RevisionAction =
  | { readonly kind: 'create-revision'; readonly revision: ControllerRevision }
  /** An older template is wanted again: it becomes the newest. */
  | { readonly kind: 'renumber-revision'; readonly name: string; readonly revision: number }
  | { readonly kind: 'delete-revision'; readonly name: string; readonly uid: string };

/** A history that knows what is wanted. */
export interface History {
  /** The revision of the template as it is now; it may not be stored yet. */
  readonly update: ControllerRevision;
  /** From the oldest to the newest, without `update` when that is new. */
  readonly stored: readonly ControllerRevision[];
  /** What brings the stored history there. */
  readonly actions: readonly RevisionAction[];
}

/** The owner whose history it is. */
export interface HistoryOwner {
  readonly object: KubeObject;
  readonly template: PodTemplateSpec;
  readonly labels: StringMap;
  readonly collisions: number;
}

/** Finds or makes the revision of the present template. Pure. */
export const planHistory = (owner: HistoryOwner, revisions: readonly ControllerRevision[]): History => {
  const stored = [...revisions].sort((left, right) => left.revision - right.revision || compareNames(left, right));
  const data = dataOf(owner.template);
  const text = canonicalText(data);
  const equal = stored.findLast((revision) => isOf(revision, text));
  const highest = stored.at(-1)?.revision ?? 0;
  if (!equal) {
    const revision = newRevision(owner, data, highest + 1);
    return { update: revision, stored, actions: [{ kind: 'create-revision', revision }] };
  }
  if (equal.revision === highest) return { update: equal, stored, actions: [] };
  const renumbered = { ...equal, revision: highest + 1 };
  const name = equal.metadata.name ?? '';
  return { update: renumbered, stored, actions: [{ kind: 'renumber-revision', name, revision: highest + 1 }] };
};

/** The oldest revisions that nobody uses, beyond the limit (≥ 0). Pure. */
export const surplusRevisions = (
  history: History,
  of: { readonly used: ReadonlySet<string>; readonly limit: number },
): readonly RevisionAction[] => {
  const { name: updateName } = history.update.metadata;
  const idle = history.stored.filter(
    ({ metadata }) => metadata.name !== updateName && !of.used.has(metadata.name ?? ''),
  );
  return idle.slice(0, Math.max(0, idle.length - of.limit)).map(({ metadata }) => ({
    kind: 'delete-revision',
    name: metadata.name ?? '',
    uid: metadata.uid ?? '',
  }));
};

/** The template a revision holds; `undefined` when it holds none. Pure. */
export const templateOf = (revision: ControllerRevision | undefined): PodTemplateSpec | undefined => {
  const spec = isObject(revision?.data) ? revision.data['spec'] : undefined;
  const template = isObject(spec) ? spec['template'] : undefined;
  if (!isObject(template)) return undefined;
  const { $patch: _patch, metadata, ...rest } = template;
  const { creationTimestamp: _never, ...given } = isObject(metadata) ? metadata : {};
  // What is stored here is what `dataOf` wrote.
  return (metadata === undefined ? rest : { ...rest, metadata: given }) as unknown as PodTemplateSpec;
};

/**
 * In the form of a patch, so that `kubectl rollout undo` can apply it as it is, and letter for letter as programs written in
 * Go make it of the set: that is how they find the revision a set is at. @upstream kubernetes pkg/controller/daemon/update.go#Match
 */
const dataOf = (template: PodTemplateSpec): Json => {
  const { metadata, spec } = template as { readonly metadata?: object; readonly spec?: object };
  const lists = Object.entries(spec ?? {}).map(([name, value]) => [
    name,
    CONTAINER_LISTS.has(name) && Array.isArray(value)
      ? value.map((one: object) => ({ resources: {}, ...one }))
      : (value as Json),
  ]);
  const whole = { ...template, metadata: { creationTimestamp: null, ...metadata }, spec: Object.fromEntries(lists) };
  return sorted({ spec: { template: { ...whole, $patch: 'replace' } } } as unknown as Json);
};

const CONTAINER_LISTS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** With the names of all members in order. */
const sorted = (value: Json): Json => {
  if (Array.isArray(value)) return value.map((one: Json) => sorted(one));
  if (!isObject(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name] as Json)]));
};

/** Whether a revision holds the data, in this form or in an older one. */
const isOf = (revision: ControllerRevision, text: string): boolean => {
  const template = templateOf(revision);
  return template !== undefined && canonicalText(dataOf(template)) === text;
};

const newRevision = (owner: HistoryOwner, data: Json, number: number): ControllerRevision => {
  const hash = templateHash(owner.template, owner.collisions);
  const { name, namespace } = owner.object.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...owner.labels, [REVISION_HASH]: hash },
      annotations: owner.object.metadata.annotations,
      ownerReferences: [controllerReferenceTo(owner.object)],
    },
    data,
    revision: number,
  };
};

const compareNames = (left: KubeObject, right: KubeObject): number =>
  (left.metadata.name ?? '') < (right.metadata.name ?? '') ? -1 : 1;
