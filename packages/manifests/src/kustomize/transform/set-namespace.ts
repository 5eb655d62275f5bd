/**
 * `namespace`: all objects that have one get it, and the subjects of role bindings that mean it.
 * @upstream sigs.k8s.io/kustomize/api/filters/namespace/namespace.go, api/internal/builtins/NamespaceTransformer.go
 */
import { Failure } from '@argosy/base';

import { isEmptyValue, isMap, kindOfValue, memberOf, setMember, textOf, type MapValue } from '../document/value.ts';
import { visitField, type FieldSpec, type Slot } from '../fields/field-spec.ts';
import { CLUSTER_SCOPE, describeId, idKey } from '../resources/resource-id.ts';
import type { Resource } from '../resources/resource.ts';
import type { Transform } from './transformer.ts';

/** Which subjects of role bindings get the namespace. */
export type SubjectMode = 'defaultOnly' | 'allServiceAccounts' | 'none';

/** What to set where. */
export interface NamespaceSettings {
  readonly namespace: string;
  readonly fields: readonly FieldSpec[];
  /** Whether namespaces that are set stay. */
  readonly unsetOnly?: boolean;
  readonly subjects?: SubjectMode;
}

/** Sets a namespace. The transform throws Failure `DuplicateResource` when two objects become one. */
export const setNamespace =
  (settings: NamespaceSettings): Transform =>
  (list) => {
    if (settings.namespace === '') return;
    for (const resource of list.all) {
      if (isEmptyValue(resource.document)) continue;
      resource.rememberName();
      writeNamespace(resource, settings);
    }
    refuseConflicts(list.all);
  };

/** Writes the namespace into one object. Throws Failure `InvalidField`. */
export const writeNamespace = (resource: Resource, settings: NamespaceSettings): void => {
  const { document } = resource;
  if (!document) return;
  const visit = (slot: Slot): void => writeSlot(slot, settings);
  const isBinding = resource.kind === 'RoleBinding' || resource.kind === 'ClusterRoleBinding';
  if (resource.id.scope !== CLUSTER_SCOPE)
    visitField(document, { path: 'metadata/namespace', create: true }, { visit, creates: 'scalar' });
  if (isBinding) writeSubjects(document, settings);
  for (const spec of settings.fields) {
    const isElsewhere =
      spec.path === 'metadata/namespace' ||
      (spec.path === 'metadata/name' && resource.apiVersion !== 'v1') ||
      (isBinding && spec.path === 'subjects/namespace' && spec.kind?.endsWith('RoleBinding') === true);
    if (!isElsewhere) visitField(document, spec, { visit, creates: 'scalar' });
  }
};

const writeSlot = (slot: Slot, { namespace, unsetOnly }: NamespaceSettings): void => {
  const value = slot.get();
  if (value !== undefined && kindOfValue(value) !== 'scalar')
    throw new Failure('namespace field specs must target scalar nodes', { code: 'InvalidField' });
  if (unsetOnly !== true || textOf(value) === '') slot.set(namespace);
};

const writeSubjects = (document: MapValue, settings: NamespaceSettings): void => {
  const { subjects = 'defaultOnly' } = settings;
  const list = memberOf(document, 'subjects');
  if (subjects === 'none' || !Array.isArray(list)) return;
  for (const subject of list) {
    if (!isMap(subject)) continue;
    const isMeant =
      subjects === 'defaultOnly'
        ? textOf(memberOf(subject, 'name')) === 'default'
        : textOf(memberOf(subject, 'kind')) === 'ServiceAccount';
    if (!isMeant) continue;
    writeSlot(
      { get: () => memberOf(subject, 'namespace'), set: (value) => setMember(subject, 'namespace', value) },
      settings,
    );
  }
};

const refuseConflicts = (resources: readonly Resource[]): void => {
  const seen = new Set<string>();
  for (const { id } of resources) {
    const key = idKey(id);
    if (seen.has(key))
      throw new Failure(`namespace transformation produces ID conflict: ${describeId(id)}; rename one of the two`, {
        code: 'DuplicateResource',
      });
    seen.add(key);
  }
};
