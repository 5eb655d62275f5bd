/**
 * What a node may write into the objects it may write.
 * @upstream kubernetes plugin/pkg/admission/noderestriction/admission.go
 */
import { isEqual, isObject } from '@argosy/base';

import type { Node } from '../core/cluster-objects.ts';
import type { Pod } from '../core/workloads.ts';
import type { KubeObject } from '../objects/object.ts';
import { itemsAt, objectAt } from '../builtin/defaults/draft.ts';
import { podReferences } from './pod-references.ts';
import { NODE_LEASES } from './node-rights.ts';

/** A write of a node about to happen. */
export interface NodeWrite {
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** Name the address says, or the object's own. */
  readonly name: string;
  /** As it is to be; absent when it is deleted. */
  readonly object?: KubeObject;
  /** As it was. */
  readonly before?: KubeObject;
  /** The uid of the node's own object, if there is one. */
  readonly nodeUid?: string;
}

/** Why a node may not write this; `undefined` when it may. Pure. */
export const nodeWriteProblem = (node: string, write: NodeWrite): string | undefined => {
  const rule = RULES[`${write.group}/${write.resource}`];
  if (!rule) return undefined;
  return node === '' ? 'could not determine node from user' : rule(node, write);
};

type Rule = (node: string, write: NodeWrite) => string | undefined;

const show = (text: string): string => JSON.stringify(text);

const nodeOf = (object: KubeObject | undefined): string => (object as Pod | undefined)?.spec?.nodeName ?? '';

const pods: Rule = (node, write) => {
  const { subresource, operation, object, before } = write;
  if (subresource === 'eviction')
    return nodeOf(before) === node ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`;
  if (subresource === 'status') {
    if (operation !== 'UPDATE') return `unexpected operation ${show(operation)}`;
    if (nodeOf(before) !== node)
      return `node ${show(node)} can only update pod status for pods with spec.nodeName set to itself`;
    return isEqual(object?.metadata.labels ?? {}, before?.metadata.labels ?? {})
      ? undefined
      : `node ${show(node)} cannot update labels through pod status`;
  }
  if (subresource !== '')
    return `unexpected pod subresource ${show(subresource)}, only 'status' and 'eviction' are allowed`;
  if (operation === 'CREATE') return mirrorProblem(node, object as Pod, write.nodeUid);
  if (operation === 'UPDATE')
    return `unexpected operation ${show(operation)}, node ${show(node)} can only create and delete mirror pods`;
  return nodeOf(before) === node
    ? undefined
    : `node ${show(node)} can only delete pods with spec.nodeName set to itself`;
};

const MIRROR = 'kubernetes.io/config.mirror';

const mirrorProblem = (node: string, pod: Pod, nodeUid: string | undefined): string | undefined => {
  const can = `node ${show(node)} can only create`;
  if (pod.metadata.annotations?.[MIRROR] === undefined)
    return `pod does not have ${show(MIRROR)} annotation, ${can} mirror pods`;
  if (nodeOf(pod) !== node) return `${can} pods with spec.nodeName set to itself`;
  return mirrorOwnerProblem(node, pod, nodeUid) ?? mirrorReferenceProblem(node, pod);
};

const mirrorOwnerProblem = (node: string, pod: Pod, nodeUid: string | undefined): string | undefined => {
  const can = `node ${show(node)} can only create pods with`;
  const [owner, ...others] = pod.metadata.ownerReferences ?? [];
  if (others.length > 0) return `${can} a single owner reference set to itself`;
  if (!owner || owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    return `${can} an owner reference set to itself`;
  if (owner.controller !== true) return `${can} a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion === true)
    return `node ${show(node)} must not set blockOwnerDeletion on an owner reference`;
  if (nodeUid === undefined) return `node ${show(node)} not found`;
  return owner.uid === nodeUid ? undefined : `node ${node} UID mismatch: expected ${owner.uid} got ${nodeUid}`;
};

const mirrorReferenceProblem = (node: string, pod: Pod): string | undefined => {
  const cannot = `node ${show(node)} can not create pods that reference`;
  const { secrets, configMaps, claims } = podReferences(pod);
  if (pod.spec?.serviceAccountName) return `${cannot} a service account`;
  if (secrets.size > 0) return `${cannot} secrets`;
  if (configMaps.size > 0) return `${cannot} configmaps`;
  if (claims.size > 0) return `${cannot} persistentvolumeclaims`;
  return itemsAt(pod.spec as Readonly<Record<string, unknown>> | undefined, 'resourceClaims').length > 0
    ? `${cannot} resourceclaims`
    : undefined;
};

const nodes: Rule = (node, write) => {
  const { operation, name, object, before } = write;
  const [now, old] = [object as Node | undefined, before as Node | undefined];
  const labels = forbiddenLabels(now?.metadata.labels, old?.metadata.labels);
  const isWritten = operation !== 'DELETE';
  const configSource = (of: Node | undefined): unknown =>
    (of?.spec as { configSource?: unknown } | undefined)?.configSource;
  if (operation === 'CREATE' && configSource(now))
    return `node ${show(node)} is not allowed to create pods with a non-nil configSource`;
  if (operation === 'UPDATE' && configSource(now) && !isEqual(configSource(now), configSource(old)))
    return `node ${show(node)} is not allowed to update configSource to a new non-nil configSource`;
  if (operation === 'UPDATE' && !isEqual(now?.spec?.taints ?? [], old?.spec?.taints ?? []))
    return `node ${show(node)} is not allowed to modify taints`;
  if (isWritten && labels.length > 0)
    return operation === 'CREATE'
      ? `node ${show(node)} is not allowed to set the following labels: ${labels.join(', ')}`
      : `is not allowed to modify labels: ${labels.join(', ')}`;
  // A node that owned itself by something could have itself removed with its taints.
  if (operation === 'UPDATE' && !isEqual(now?.metadata.ownerReferences ?? [], old?.metadata.ownerReferences ?? []))
    return `node ${show(node)} is not allowed to modify ownerReferences`;
  return name === node ? undefined : `node ${show(node)} is not allowed to modify node ${show(name)}`;
};

type Labels = Readonly<Record<string, string>>;

/** Labels that differ and are not a node's to set. */
const forbiddenLabels = (now: Labels = {}, before: Labels = {}): readonly string[] =>
  [...new Set([...Object.keys(now), ...Object.keys(before)])]
    .filter((key) => now[key] !== before[key] && isReserved(key))
    .toSorted();

const isWithin = (space: string, root: string): boolean => space === root || space.endsWith(`.${root}`);

const isReserved = (key: string): boolean => {
  const space = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (isWithin(space, 'node-restriction.kubernetes.io')) return true;
  if (!isWithin(space, 'kubernetes.io') && !isWithin(space, 'k8s.io')) return false;
  return !OWN_LABELS.has(key) && !isWithin(space, 'kubelet.kubernetes.io') && !isWithin(space, 'node.kubernetes.io');
};

/** @upstream k8s.io/kubelet/pkg/apis/well_known_labels.go */
const OWN_LABELS: ReadonlySet<string> = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
]);

const claims: Rule = (node, { subresource, operation, object, before }) => {
  if (subresource !== 'status') return 'may only update PVC status';
  if (operation !== 'UPDATE') return `unexpected operation ${show(operation)}`;
  return isEqual(withoutOwnStatus(object), withoutOwnStatus(before))
    ? undefined
    : `node ${show(node)} is not allowed to update fields other than status.capacity and status.conditions`;
};

/** A claim without what a node has to say of it. */
const withoutOwnStatus = (claim: KubeObject | undefined): unknown => {
  if (!isObject(claim)) return undefined;
  const { managedFields: _owners, resourceVersion: _version, ...metadata } = objectAt(claim, 'metadata');
  const status = Object.entries(objectAt(claim, 'status')).filter(([name]) => !OWN_CLAIM_STATUS.has(name));
  return { ...claim, metadata, status: Object.fromEntries(status) };
};

const OWN_CLAIM_STATUS: ReadonlySet<string> = new Set([
  'capacity',
  'conditions',
  'allocatedResources',
  'allocatedResourceStatuses',
]);

const leases: Rule = (node, { object, before, operation, name }) => {
  const namespace = (object ?? before)?.metadata.namespace;
  if (namespace !== NODE_LEASES) return `can only access leases in the ${show(NODE_LEASES)} system namespace`;
  const named = operation === 'CREATE' ? object?.metadata.name : name;
  return named === node ? undefined : 'can only access node lease with the same name as the requesting node';
};

const storageNodes: Rule = (node, { name }) =>
  name === node ? undefined : 'can only access CSINode with the same name as the requesting node';

const RULES: Readonly<Record<string, Rule>> = {
  '/pods': pods,
  '/nodes': nodes,
  '/persistentvolumeclaims': claims,
  'coordination.k8s.io/leases': leases,
  'storage.k8s.io/csinodes': storageNodes,
};
