/**
 * The last step of a build: objects for local use go, what the build noted becomes annotations or nothing.
 * @upstream sigs.k8s.io/kustomize/api/krusty/kustomizer.go, api/resource/factory.go#DropLocalNodes
 */
import { Failure } from '@argosy/base';

import type { MapValue } from '../document/value.ts';
import {
  ORIGIN_ANNOTATION,
  TRANSFORMATIONS_ANNOTATION,
  writeOrigin,
  writeTransformations,
} from '../resources/origin.ts';
import { describeId } from '../resources/resource-id.ts';
import type { ResourceList } from '../resources/resource-list.ts';
import type { Resource } from '../resources/resource.ts';
import { setTexts } from '../transform/set-texts.ts';

const LOCAL_CONFIG = 'config.kubernetes.io/local-config';
const MANAGED_BY = 'app.kubernetes.io/managed-by';
/**
 * The version whose output this is. Deviates: kubectl's build of it knows no version and writes `(devel)`, which the API
 * server refuses as a label; pinned by the cases of build metadata.
 */
const VERSION = 'v5.5.0';

const INTERNAL = 'internal.config.kubernetes.io/';
/** Annotations only Kustomize itself reads. */
const BUILD_ANNOTATIONS: ReadonlySet<string> = new Set([
  ...[
    'previousKinds',
    'previousNames',
    'prefixes',
    'suffixes',
    'previousNamespaces',
    'allowNameChange',
    'allowKindChange',
    'refBy',
    'generatorBehavior',
    'needsHashSuffix',
    'path',
    'index',
    'seqindent',
    'id',
    'annotations-migration-resource-id',
  ].map((name) => `${INTERNAL}${name}`),
  'config.kubernetes.io/path',
  'config.kubernetes.io/index',
  'config.k8s.io/id',
]);

/** The documents to print. */
export const finishResources = (list: ResourceList, metadata: readonly string[]): readonly MapValue[] => {
  for (const resource of list.all) refuseNameless(resource);
  const kept = list.all.filter((resource) => !isLocal(resource));
  list.replaceAll(kept);
  if (metadata.includes('managedByLabel'))
    setTexts({ [MANAGED_BY]: `kustomize-${VERSION}` }, [{ path: 'metadata/labels', create: true }])(list);
  for (const resource of kept) annotate(resource, metadata);
  return kept.flatMap(({ document }) => (document ? [document] : []));
};

const refuseNameless = ({ kind, name, id, originalId }: Resource): void => {
  const field = kind === '' ? 'kind' : 'metadata.name';
  if (kind === '' || (name === '' && !kind.endsWith('List')))
    throw new Failure(`${describeId(name === '' ? originalId : id)} has no ${field} any more; a patch took it`, {
      code: 'InvalidManifest',
    });
};

const isLocal = (resource: Resource): boolean => {
  const mark = resource.textsOf('annotations').get(LOCAL_CONFIG);
  return mark !== undefined && mark !== 'false';
};

const annotate = (resource: Resource, metadata: readonly string[]): void => {
  const annotations = new Map([...resource.textsOf('annotations')].filter(([name]) => !BUILD_ANNOTATIONS.has(name)));
  annotations.delete(ORIGIN_ANNOTATION);
  annotations.delete(TRANSFORMATIONS_ANNOTATION);
  const { origin, transformations } = resource;
  if (metadata.includes('originAnnotations') && origin) annotations.set(ORIGIN_ANNOTATION, writeOrigin(origin));
  if (metadata.includes('transformerAnnotations') && transformations.length > 0)
    annotations.set(TRANSFORMATIONS_ANNOTATION, writeTransformations(transformations));
  resource.setTexts('annotations', annotations);
};
