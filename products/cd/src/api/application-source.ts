/**
 * Where an application's manifests come from, and how they are rendered.
 * @spec CD-APP-04, CD-APP-05, CD-HELM-02 … CD-HELM-10
 */
import { Type, type Static } from 'typebox';

import { AnyObject, forbiddenField, requiredField, toStructuralSchema, type FieldError } from '@argosy/kube';

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
    ...(source.helm && source.directory
      ? [forbiddenField(field, 'multiple application sources defined: Helm,Directory; keep one')]
      : []),
    ...validateHelm(source.helm, `${field}.helm`),
  ];
};

const validateHelm = (helm: ApplicationSource['helm'], field: string): readonly FieldError[] => [
  ...(helm?.passCredentials
    ? [forbiddenField(`${field}.passCredentials`, 'not supported yet: charts come from Git alone; remove it')]
    : []),
  ...(HELM_VERSIONS.has(helm?.version ?? '')
    ? []
    : [forbiddenField(`${field}.version`, `${JSON.stringify(helm?.version)} is no version of Helm here; use v3`)]),
];
