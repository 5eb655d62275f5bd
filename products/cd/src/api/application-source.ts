/**
 * Where an application's manifests come from, and how they are rendered.
 * @spec CD-APP-04, CD-APP-05, CD-HELM-02 … CD-HELM-10, CD-KUS-01 … CD-KUS-11
 */
import { Type, type Static } from 'typebox';

import type { DeepReadonly } from '@argosy/base';
import { AnyObject, IntOrString, StringRecord, toStructuralSchema } from '@argosy/kube';

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
  kubeVersion: optional(Type.String({ description: "For charts of the kustomization; the cluster's when empty." })),
  apiVersions: optional(Type.Array(Type.String({ description: '[group/]version/kind; the cluster’s when empty.' }))),
  version: optional(Type.String({ description: 'Empty: the one built in.' })),
});

const JsonnetVariable = Type.Object({
  name: Type.String(),
  value: Type.String(),
  code: optional(Type.Boolean({ description: 'The value is Jsonnet, not text.' })),
});

/** The schema, as other schemas include it. */
export const Source = Type.Object({
  repoURL: Type.String({ description: 'Address of a Git repository, a chart repository, or an artifact (oci://).' }),
  path: optional(Type.String({ description: 'Folder within the repository or artifact.' })),
  targetRevision: optional(
    Type.String({ description: 'Branch, tag, commit, version, digest or a constraint; HEAD of Git when empty.' }),
  ),
  chart: optional(Type.String({ description: 'Name of a chart of the chart repository.' })),
  ref: optional(Type.String({ description: 'Name by which other sources reach files of this one: $name/path.' })),
  name: optional(Type.String({ description: 'Tells sources of one application apart.' })),
  tagPrefix: optional(Type.String({ description: 'Only tags that begin so count for targetRevision.' })),
  directory: optional(
    Type.Object({
      recurse: optional(Type.Boolean()),
      include: optional(Type.String()),
      exclude: optional(Type.String()),
      disableExtensionFilter: optional(Type.Boolean({ description: 'Files of any name, parsed as YAML.' })),
      jsonnet: optional(
        Type.Object({
          extVars: optional(Type.Array(JsonnetVariable)),
          tlas: optional(Type.Array(JsonnetVariable, { description: 'Arguments of programs that are functions.' })),
          libs: optional(
            Type.Array(Type.String({ description: 'A folder for imports, from the root of the source.' })),
          ),
        }),
      ),
    }),
  ),
  helm: optional(Helm),
  kustomize: optional(Kustomize),
  plugin: optional(
    Type.Object({
      name: optional(Type.String({ description: 'Empty: the one that says that the folder is its own.' })),
      env: optional(
        Type.Array(Type.Object({ name: Type.String(), value: Type.String() }), {
          description: 'Variables; the plugin sees them with ARGOCD_ENV_ before their names.',
        }),
      ),
      parameters: optional(
        Type.Array(
          Type.Object({
            name: Type.String(),
            string: optional(Type.String()),
            array: optional(Type.Array(Type.String())),
            map: optional(Type.Record(Type.String(), Type.String())),
          }),
        ),
      ),
    }),
  ),
});

export type ApplicationSource = DeepReadonly<Static<typeof Source>>;

/** The schema of a source alone. */
export const SOURCE_SCHEMA = toStructuralSchema(Source);

/** Where a source's files lie. @spec CD-APP-06 */
export type SourceKind = 'chart' | 'artifact' | 'git';

/** Tells by the fields. */
export const kindOfSource = (source: ApplicationSource): SourceKind => {
  if (source.chart) return 'chart';
  return source.repoURL.startsWith('oci://') ? 'artifact' : 'git';
};

/** Whether a source is only there for others to refer to: it renders nothing (CD-APP-12). */
export const isReferenceOnly = ({ ref, path, chart }: ApplicationSource): boolean => Boolean(ref) && !path && !chart;

/** The sources of a specification: `sources` wins over `source` when it is not empty (CD-APP-10). */
export const sourcesOf = (
  spec: { readonly source?: ApplicationSource; readonly sources?: readonly ApplicationSource[] } | undefined,
): readonly ApplicationSource[] => (spec?.sources?.length ? spec.sources : spec?.source ? [spec.source] : []);
