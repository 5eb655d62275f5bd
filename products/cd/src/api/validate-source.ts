/**
 * What is wrong with sources beyond their schema. Pure.
 * @spec CD-APP-04 … CD-APP-12, CD-HELM-02, CD-KUS-04, CD-KUS-08
 */
import { forbiddenField, requiredField, type FieldError } from '@argosy/kube';

import { kindOfSource, type ApplicationSource } from './application-source.ts';

/** Versions of `helm.version`: Helm 2 is gone, newer ones render the same. */
const HELM_VERSIONS = new Set(['', 'v3']);
const REF_NAME = /^[a-zA-Z0-9_-]+$/;

/** Judges the sources of a specification; one of them alone, or several. */
export const validateSources = (spec: {
  readonly source?: ApplicationSource;
  readonly sources?: readonly ApplicationSource[];
}): readonly FieldError[] => {
  const { source, sources = [] } = spec;
  if (sources.length === 0) return validateSource(source, 'spec.source');
  return [
    ...sources.flatMap((one, at) => validateSource(one, `spec.sources[${at}]`)),
    ...repeated(sources, 'ref'),
    ...repeated(sources, 'name'),
  ];
};

/** Judges one source; `field` is its path. */
export const validateSource = (source: ApplicationSource | undefined, field: string): readonly FieldError[] => {
  if (!source?.repoURL)
    return [requiredField(`${field}.repoURL`, 'the address of a Git repository, a chart repository or an artifact')];
  return [
    ...validatePlace(source, field),
    ...validateTools(source, field),
    ...validateHelm(source.helm, `${field}.helm`),
    ...validateKustomize(source.kustomize, `${field}.kustomize`),
  ];
};

const validatePlace = (source: ApplicationSource, field: string): readonly FieldError[] => {
  const { path, chart, ref, targetRevision, tagPrefix } = source;
  const kind = kindOfSource(source);
  return [
    ...(ref && chart ? [forbiddenField(`${field}.ref`, 'a chart holds no files for other sources; remove it')] : []),
    ...(ref && !REF_NAME.test(ref)
      ? [forbiddenField(`${field}.ref`, `${JSON.stringify(ref)} may hold letters, digits, - and _ only`)]
      : []),
    ...(path || chart || ref
      ? []
      : [requiredField(`${field}.path`, "the folder with the manifests, '.' for the root; or set chart")]),
    ...(path && chart ? [forbiddenField(`${field}.path`, 'a chart has no path within it; remove path or chart')] : []),
    ...(kind !== 'git' && !targetRevision
      ? [requiredField(`${field}.targetRevision`, 'a version, or a constraint such as 1.2.*')]
      : []),
    ...(kind !== 'git' && tagPrefix
      ? [forbiddenField(`${field}.tagPrefix`, 'only Git repositories have tags with a prefix; remove it')]
      : []),
  ];
};

const repeated = (sources: readonly ApplicationSource[], key: 'ref' | 'name'): readonly FieldError[] =>
  sources.flatMap((source, at) => {
    const first = sources.findIndex((other) => other[key] === source[key]);
    return source[key] && first !== at
      ? [forbiddenField(`spec.sources[${at}].${key}`, `${JSON.stringify(source[key])} is also that of source ${first}`)]
      : [];
  });

/** @spec CD-APP-05 */
const validateTools = (source: ApplicationSource, field: string): readonly FieldError[] => {
  const tools = [
    source.kustomize && 'Kustomize',
    source.helm && 'Helm',
    source.directory && 'Directory',
    source.plugin && 'Plugin',
  ];
  const named = tools.filter((tool) => tool !== undefined);
  return named.length > 1
    ? [forbiddenField(field, `multiple application sources defined: ${named.join(',')}; keep one`)]
    : [];
};

const validateHelm = (helm: ApplicationSource['helm'], field: string): readonly FieldError[] =>
  HELM_VERSIONS.has(helm?.version ?? '')
    ? []
    : [forbiddenField(`${field}.version`, `${JSON.stringify(helm?.version)} is no version of Helm here; use v3`)];

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
