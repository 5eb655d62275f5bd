/**
 * Where an application's manifests come from, and how they are rendered.
 * @spec CD-APP-04, CD-APP-05, CD-HELM-02 … CD-HELM-10, CD-KUS-01 … CD-KUS-11
 */
import { Type, type Static } from 'typebox';

import {
  AnyObject,
  forbiddenField,
  IntOrString,
  requiredField,
  StringRecord,
  toStructuralSchema,
  type FieldError,
} from '@argosy/kube';

const optional = Type.Optional;

const Helm = Type.Object({
  valueFiles: optional(
    Type.Array(
      Type.String({ description: 'Relative to the chart, or to the root with a leading slash; may be a glob.' }),
    ),
  ),
  ignoreMissingValueFiles: optional(Type.Boolean()),
  values: optional(Type.String({ description: 'Values as YAML; they win over those of files.' })),
  valuesObject: optional(AnyObject),
  parameters: optional(
    Type.Array(
      Type.Object({
        name: optional(Type.String()),
        value: optional(Type.String()),
        forceString: optional(Type.Boolean()),
      }),
    ),
  ),
  fileParameters: optional(Type.Array(Type.Object({ name: optional(Type.String()), path: optional(Type.String()) }))),
  releaseName: optional(Type.String({ description: "The application's name when empty." })),
  namespace: optional(Type.String({ description: "The destination's when empty." })),
  kubeVersion: optional(Type.String({ description: "The cluster's when empty." })),
  apiVersions: optional(Type.Array(Type.String({ description: '[group/]version/kind; the cluster’s when empty.' }))),
  skipCrds: optional(Type.Boolean()),
  skipTests: optional(Type.Boolean()),
  skipSchemaValidation: optional(Type.Boolean()),
  version: optional(Type.String({ description: 'Kept for compatibility: v3.' })),
  passCredentials: optional(Type.Boolean()),
});

const KustomizePatch = Type.Object({
  path: optional(Type.String({ description: 'Relative to the kustomization.' })),
  patch: optional(Type.String({ description: 'A strategic merge or JSON patch.' })),
  target: optional(
    Type.Object({
      group: optional(Type.String()),
      version: optional(Type.String()),
      kind: optional(Type.String()),
      name: optional(Type.String()),
      namespace: optional(Type.String()),
      labelSelector: optional(Type.String()),
      annotationSelector: optional(Type.String()),
    }),
  ),
  options: optional(Type.Record(Type.String(), Type.Boolean())),
});

const Kustomize = Type.Object({
  namePrefix: optional(Type.String()),
  nameSuffix: optional(Type.String()),
  namespace: optional(Type.String({ description: 'Goes to all objects, whatever they name.' })),
  images: optional(Type.Array(Type.String({ description: '[old=]new[:tag][@digest]' }))),
  replicas: optional(Type.Array(Type.Object({ name: Type.String(), count: IntOrString }))),
  commonLabels: optional(StringRecord),
  commonAnnotations: optional(StringRecord),
  forceCommonLabels: optional(Type.Boolean()),
  forceCommonAnnotations: optional(Type.Boolean()),
  commonAnnotationsEnvsubst: optional(Type.Boolean()),
  labelWithoutSelector: optional(Type.Boolean()),
  labelIncludeTemplates: optional(Type.Boolean({ description: 'Needs labelWithoutSelector.' })),
  patches: optional(Type.Array(KustomizePatch)),
  components: optional(Type.Array(Type.String({ description: 'Relative to the kustomization.' }))),
  ignoreMissingComponents: optional(Type.Boolean()),
  version: optional(Type.String({ description: 'Empty: the one built in.' })),
});

/** The schema, as other schemas include it. */
export const Source = Type.Object({
  repoURL: Type.String({ description: 'Address of the Git repository.' }),
  path: optional(Type.String({ description: 'Folder within the repository.' })),
  targetRevision: optional(Type.String({ description: 'Branch, tag or commit; HEAD when empty.' })),
  directory: optional(
    Type.Object({
      recurse: optional(Type.Boolean()),
      include: optional(Type.String()),
      exclude: optional(Type.String()),
    }),
  ),
  helm: optional(Helm),
  kustomize: optional(Kustomize),
});

type Frozen<T> = T extends (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

export type ApplicationSource = Frozen<Static<typeof Source>>;

/** The schema of a source alone. */
export const SOURCE_SCHEMA = toStructuralSchema(Source);

/** Versions of `helm.version`: Helm 2 is gone, newer ones render the same. */
const HELM_VERSIONS = new Set(['', 'v3']);

/** What is wrong with a source beyond its schema; `field` is its path. */
export const validateSource = (source: ApplicationSource | undefined, field: string): readonly FieldError[] => {
  if (!source?.repoURL) return [requiredField(`${field}.repoURL`, 'the address of a Git repository')];
  return [
    ...(source.path ? [] : [requiredField(`${field}.path`, "the folder with the manifests, '.' for the root")]),
    ...validateTools(source, field),
    ...validateHelm(source.helm, `${field}.helm`),
    ...validateKustomize(source.kustomize, `${field}.kustomize`),
  ];
};

/** @spec CD-APP-05 */
const validateTools = (source: ApplicationSource, field: string): readonly FieldError[] => {
  const tools = [source.kustomize && 'Kustomize', source.helm && 'Helm', source.directory && 'Directory'];
  const named = tools.filter((tool) => tool !== undefined);
  return named.length > 1
    ? [forbiddenField(field, `multiple application sources defined: ${named.join(',')}; keep one`)]
    : [];
};

const validateHelm = (helm: ApplicationSource['helm'], field: string): readonly FieldError[] => [
  ...(helm?.passCredentials
    ? [forbiddenField(`${field}.passCredentials`, 'not supported yet: charts come from Git alone; remove it')]
    : []),
  ...(HELM_VERSIONS.has(helm?.version ?? '')
    ? []
    : [forbiddenField(`${field}.version`, `${JSON.stringify(helm?.version)} is no version of Helm here; use v3`)]),
];

const validateKustomize = (kustomize: ApplicationSource['kustomize'], field: string): readonly FieldError[] => [
  ...(kustomize?.version
    ? [forbiddenField(`${field}.version`, `kustomize version ${kustomize.version} is not registered; remove it`)]
    : []),
  ...(kustomize?.replicas ?? []).flatMap(({ name, count }, at) =>
    typeof count === 'number' || /^[-+]?\d+$/.test(String(count))
      ? []
      : [forbiddenField(`${field}.replicas[${at}].count`, `of ${name} must be a whole number; write digits only`)],
  ),
];
