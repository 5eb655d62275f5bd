/**
 * Where an object or a change came from, for `buildMetadata: [originAnnotations, transformerAnnotations]`.
 * @upstream sigs.k8s.io/kustomize/api/resource/origin.go
 */
import { normalizePath } from '../../tree/tree.ts';
import { writeDocument } from '../document/write-document.ts';

/** A plugin, by the object that configures it. */
export interface PluginIdentity {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** A place; empty parts are not written. */
export interface Origin {
  readonly path?: string;
  readonly repo?: string;
  readonly ref?: string;
  readonly configuredIn?: string;
  readonly configuredBy?: PluginIdentity;
}

/** Where a resource was read. */
export const ORIGIN_ANNOTATION = 'config.kubernetes.io/origin';
/** What has changed it since. */
export const TRANSFORMATIONS_ANNOTATION = 'alpha.config.kubernetes.io/transformations';

/** A place below another. */
export const appendPath = (origin: Origin, path: string): Origin => ({
  ...origin,
  path: joinLoosely(origin.path ?? '', path),
});

/** Where something of a kustomization itself is configured: a field of its file. */
export const builtinOrigin = (
  { origin, file }: { readonly origin: Origin | undefined; readonly file: string },
  kind: string,
): Origin | undefined =>
  origin && {
    repo: origin.repo,
    ref: origin.ref,
    configuredIn: joinLoosely(origin.path ?? '', file),
    configuredBy: { apiVersion: 'builtin', kind },
  };

/** Joins paths that may lead above where the build began. */
export const joinLoosely = (directory: string, path: string): string => {
  const parts: string[] = [];
  for (const part of `${directory}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/') || normalizePath('');
};

/** An origin as its annotation holds it. */
export const writeOrigin = (origin: Origin): string => linesOf(origin).join('\n').concat('\n');

/** Transformations as their annotation holds them. */
export const writeTransformations = (origins: readonly Origin[]): string =>
  origins
    .map((origin) =>
      linesOf(origin)
        .map((line, at) => `${at === 0 ? '- ' : '  '}${line}\n`)
        .join(''),
    )
    .join('');

const linesOf = (origin: Origin): readonly string[] => {
  const { configuredBy } = origin;
  const own = (['path', 'repo', 'ref', 'configuredIn'] as const).flatMap((name) => lineOf(name, origin[name]));
  const by = (['apiVersion', 'kind', 'name', 'namespace'] as const).flatMap((name) =>
    lineOf(name, configuredBy?.[name]).map((line) => `  ${line}`),
  );
  const lines = by.length === 0 ? own : [...own, 'configuredBy:', ...by];
  return lines.length === 0 ? ['{}'] : lines;
};

const lineOf = (name: string, text: string | undefined): readonly string[] =>
  text ? [`${name}: ${writeDocument(text).trimEnd()}`] : [];
