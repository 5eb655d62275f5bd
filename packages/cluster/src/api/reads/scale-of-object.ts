/**
 * What a scale says of an object, whatever its kind: how many of something there are and should be.
 * @upstream kubernetes pkg/apis/autoscaling; staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go (ScaleREST)
 */
import { isObject } from '@argosy/base';
import {
  ApiStatusError,
  formatLabelSelector,
  invalidField,
  invalidObject,
  notFound,
  valueAtPath,
  type KubeObject,
  type ScalePaths,
} from '@argosy/kube';

/** The type of scales, of whatever they are. */
export const SCALE = { group: 'autoscaling', version: 'v1', kind: 'Scale' } as const;

/** A scale as programs read it. */
export type Scale = KubeObject<
  { readonly replicas: number },
  { readonly replicas: number; readonly selector?: string }
>;

/** The scale of an object. Pure. */
export const scaleOfObject = (paths: ScalePaths, object: KubeObject): Scale => {
  const selector = paths.labelSelectorPath ? valueAtPath(object, paths.labelSelectorPath) : undefined;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const metadata = { name, namespace, uid, resourceVersion, creationTimestamp };
  return {
    kind: SCALE.kind,
    apiVersion: 'autoscaling/v1',
    metadata: Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined)),
    spec: { replicas: numberAt(object, paths.specReplicasPath) ?? 0 },
    status: {
      replicas: numberAt(object, paths.statusReplicasPath) ?? 0,
      ...(typeof selector === 'string'
        ? { selector }
        : isObject(selector)
          ? { selector: formatLabelSelector(isLabelSelector(selector) ? selector : { matchLabels: selector }) }
          : {}),
    },
  };
};

/** Whether something is a scale and not the object it is of. Pure. */
export const isScale = ({ apiVersion, kind }: KubeObject): boolean =>
  apiVersion === 'autoscaling/v1' && kind === SCALE.kind;

/** The fields around the number, and nothing else: what to merge into an object. Pure. */
export const replicasPatch = ({ specReplicasPath }: ScalePaths, replicas: number): object =>
  fieldsOf(specReplicasPath).reduceRight<unknown>((inner, field) => ({ [field]: inner }), replicas) as object;

/** The number a scale wants. Throws BadRequest, Invalid. */
export const wantedReplicas = (scale: unknown, name: string): number => {
  const spec = isObject(scale) ? scale['spec'] : undefined;
  const replicas = (isObject(spec) ? spec['replicas'] : undefined) ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw new ApiStatusError('BadRequest', 'spec.replicas: Invalid value: must be a whole number from 0');
  if (replicas >= 0) return replicas;
  throw invalidObject(SCALE, name, [invalidField('spec.replicas', replicas, 'must be greater than or equal to 0')]);
};

/** Throws InternalError, as upstream does, for an object that has no number to read. Built-in kinds have one by default. */
export const checkReplicasThere = ({ specReplicasPath }: ScalePaths, object: KubeObject): void => {
  if (valueAtPath(object, specReplicasPath) !== undefined) return;
  const message = `the spec replicas field ${JSON.stringify(specReplicasPath)} does not exist`;
  throw new ApiStatusError('InternalError', `Internal error occurred: ${message}`);
};

/** The refusal of who reads the scale of an object that is not there; some are named by their subresource. Pure. */
export const scaleNotFound = (
  of: { readonly group: string; readonly resource: string },
  name: string,
): ApiStatusError => notFound(NAMED[`${of.group}/${of.resource}`] ?? of, name);

/** @upstream kubernetes pkg/registry/{apps,core}/…/storage (ScaleREST.Get) */
const NAMED: Readonly<Record<string, { readonly group: string; readonly resource: string }>> = {
  'apps/deployments': { group: 'apps', resource: 'deployments/scale' },
  'apps/replicasets': { group: 'apps', resource: 'replicasets/scale' },
  '/replicationcontrollers': { group: 'autoscaling', resource: 'replicationcontrollers/scale' },
};

const numberAt = (object: KubeObject, path: string): number | undefined => {
  const value = valueAtPath(object, path);
  return typeof value === 'number' ? value : undefined;
};

/** Replication controllers select by labels alone. */
const isLabelSelector = (selector: object): boolean => 'matchLabels' in selector || 'matchExpressions' in selector;

const fieldsOf = (path: string): readonly string[] => path.split('.').filter((field) => field !== '');
