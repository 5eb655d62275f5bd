/**
 * Chart.yaml and requirements.yaml, read and judged as Helm does.
 * @upstream helm pkg/chart/metadata.go#Validate, encoding/json for the types
 */
import { Failure, isObject } from '@argosy/base';
import { parseVersion } from '@argosy/expressions';

import type { ChartDependency, ChartMaintainer, ChartMetadata } from './chart.ts';
import { createFieldReader, jsonTypeOf, type Fields } from './typed-fields.ts';

const API_VERSION_1 = 'v1';
const ALIAS = /^[a-zA-Z0-9_-]+$/;
const NO_CONTROLS = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Types the fields of Chart.yaml. Throws Failure `InvalidChart` for a field of another type; `known` is what an earlier
 * file said (requirements.yaml adds to Chart.yaml).
 */
export const readChartMetadata = (document: unknown, file: string, known?: ChartMetadata): ChartMetadata => {
  if (document !== null && !isObject(document))
    throw invalid(`cannot load ${file}: json: cannot unmarshal ${jsonTypeOf(document)} into a chart's metadata`);
  const reader = createFieldReader(document ?? {}, `cannot load ${file}`, 'Metadata');
  return {
    name: reader.text('name', known?.name),
    home: reader.text('home', known?.home),
    sources: reader.texts('sources', known?.sources),
    version: reader.text('version', known?.version),
    description: reader.text('description', known?.description),
    keywords: reader.texts('keywords', known?.keywords),
    maintainers: reader.objects('maintainers')?.map(readMaintainer) ?? known?.maintainers ?? [],
    icon: reader.text('icon', known?.icon),
    apiVersion: reader.text('apiVersion', known?.apiVersion) || API_VERSION_1,
    condition: reader.text('condition', known?.condition),
    tags: reader.text('tags', known?.tags),
    appVersion: reader.text('appVersion', known?.appVersion),
    deprecated: reader.flag('deprecated', known?.deprecated),
    annotations: reader.textMap('annotations') ?? known?.annotations ?? {},
    kubeVersion: reader.text('kubeVersion', known?.kubeVersion),
    dependencies: reader.objects('dependencies')?.map(readDependency) ?? known?.dependencies,
    type: reader.text('type', known?.type),
  };
};

/** Judges a chart's metadata and gives them without control characters. Throws Failure `InvalidChart`. */
export const validateChartMetadata = (metadata: ChartMetadata): ChartMetadata => {
  const { name, version, type } = metadata;
  if (name === '') throw validation('chart.metadata.name is required');
  if (name === '.' || name === '..') throw validation(`chart.metadata.name ${JSON.stringify(name)} is not allowed`);
  if (name.includes('/')) throw validation(`chart.metadata.name ${JSON.stringify(name)} is invalid`);
  if (version === '') throw validation('chart.metadata.version is required');
  if (!parseVersion(version).ok) throw validation(`chart.metadata.version ${JSON.stringify(version)} is invalid`);
  if (type !== '' && type !== 'application' && type !== 'library')
    throw validation('chart.metadata.type must be application or library');
  validateDependencies(metadata.dependencies ?? []);
  return {
    ...metadata,
    name: sanitize(name),
    description: sanitize(metadata.description),
    home: sanitize(metadata.home),
    icon: sanitize(metadata.icon),
    condition: sanitize(metadata.condition),
    tags: sanitize(metadata.tags),
    appVersion: sanitize(metadata.appVersion),
    kubeVersion: sanitize(metadata.kubeVersion),
    sources: metadata.sources.map(sanitize),
    keywords: metadata.keywords.map(sanitize),
  };
};

const validateDependencies = (dependencies: readonly ChartDependency[]): void => {
  const names = new Set<string>();
  for (const { alias, name } of dependencies) {
    if (alias !== '' && !ALIAS.test(alias))
      throw validation(`dependency ${JSON.stringify(name)} has disallowed characters in the alias`);
    const key = alias || name;
    if (names.has(key)) throw validation(`more than one dependency with name or alias ${JSON.stringify(key)}`);
    names.add(key);
  }
};

const sanitize = (text: string): string => text.replace(/\s/gu, ' ').replace(NO_CONTROLS, '');

const readMaintainer = (fields: Fields): ChartMaintainer => {
  const reader = createFieldReader(fields, 'cannot load Chart.yaml', 'Maintainer');
  return { name: reader.text('name'), email: reader.text('email'), url: reader.text('url') };
};

const readDependency = (fields: Fields): ChartDependency => {
  const reader = createFieldReader(fields, 'cannot load Chart.yaml', 'Dependency');
  return {
    declaration: Symbol('dependency'),
    name: reader.text('name'),
    version: reader.text('version'),
    repository: reader.text('repository'),
    condition: reader.text('condition'),
    tags: reader.texts('tags'),
    alias: reader.text('alias'),
    importValues: reader.list('import-values').flatMap(readImport),
  };
};

/** Other forms are ignored, as upstream does. */
const readImport = (entry: unknown): ChartDependency['importValues'] => {
  if (typeof entry === 'string') return [entry];
  return isObject(entry) ? [{ child: printed(entry['child']), parent: printed(entry['parent']) }] : [];
};

const printed = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '<nil>' : JSON.stringify(value);

const validation = (problem: string): Failure => invalid(`validation: ${problem}`);
const invalid = (problem: string): Failure => new Failure(problem, { code: 'InvalidChart' });
