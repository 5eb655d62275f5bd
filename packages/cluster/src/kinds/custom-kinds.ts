/**
 * Kinds made from definitions: the program's own and those of CustomResourceDefinitions.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go
 */
import {
  pruneUnknown,
  toApiVersion,
  valueAtPath,
  type CustomResourceDefinition,
  type CustomResourceVersion,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

import { UNCONVERTED, type ServedKind, type WebhookConversion } from './served-kind.ts';
import type { WebhookClientConfig } from '../api/webhooks/post-to-webhook.ts';

/** A kind the program declares. */
export const definedKind = (definition: KindDefinition): ServedKind => ({
  group: definition.group,
  version: definition.version,
  kind: definition.kind,
  listKind: `${definition.kind}List`,
  plural: definition.plural,
  singular: definition.singular,
  shortNames: definition.shortNames ?? [],
  categories: definition.categories ?? [],
  namespaced: definition.scope === 'Namespaced',
  preferred: true,
  storage: `${definition.group}/${definition.plural}`,
  statusSubresource: definition.statusSubresource,
  ...(definition.scale ? { scale: definition.scale } : {}),
  schema: definition.schema,
  ...(definition.printerColumns ? { printerColumns: definition.printerColumns } : {}),
  custom: true,
  strategy: { validate: (object) => definition.validate?.(object) ?? [] },
});

/** The kinds of a CustomResourceDefinition, one for each served version. None while its names are not accepted. */
export const customKinds = (crd: CustomResourceDefinition): readonly ServedKind[] => {
  const spec = crd.spec;
  if (!spec) return [];
  const served = spec.versions.filter((version) => version.served);
  const preferred = [...served].sort((left, right) => compareVersions(left.name, right.name))[0]?.name;
  const stored = spec.versions.find((version) => version.storage)?.name ?? preferred ?? '';
  return served.map((version) => customKind(crd, version, { preferred: version.name === preferred, stored }));
};

/** The kind of a CustomResourceDefinition with its objects as they are stored. */
export const unconvertedKind = (crd: CustomResourceDefinition): ServedKind | undefined => {
  const version = crd.spec?.versions.find(({ storage }) => storage);
  if (!version) return undefined;
  const { schema: _schema, ...kind } = customKind(crd, version, { preferred: false, stored: version.name });
  const { conversion: _conversion, deprecation: _deprecation, ...plain } = kind;
  return { ...plain, version: UNCONVERTED, unconverted: true, strategy: {} };
};

/** Who converts, where a definition says so; clientConfig was validated with it. */
const conversionOf = ({ spec }: CustomResourceDefinition, stored: string): WebhookConversion | undefined => {
  const { strategy, webhook } = (spec?.conversion ?? {}) as {
    readonly strategy?: string;
    readonly webhook?: { readonly clientConfig?: WebhookClientConfig };
  };
  if (!spec || strategy !== 'Webhook' || !webhook?.clientConfig) return undefined;
  const schema = spec.versions.find(({ name }) => name === stored)?.schema?.openAPIV3Schema;
  return {
    clientConfig: webhook.clientConfig,
    storedAs: toApiVersion({ group: spec.group, version: stored }),
    prune: (object) => (schema ? pruneUnknown(schema, object) : object),
  };
};

const customKind = (
  crd: CustomResourceDefinition,
  version: CustomResourceVersion,
  options: { readonly preferred: boolean; readonly stored: string },
): ServedKind => {
  const { group, names, scope } = crd.spec as NonNullable<CustomResourceDefinition['spec']>;
  const as = (name: string) => {
    const apiVersion = toApiVersion({ group, version: name });
    return (object: KubeObject): KubeObject => (object.apiVersion === apiVersion ? object : { ...object, apiVersion });
  };
  const columns = version.additionalPrinterColumns;
  const conversion = conversionOf(crd, options.stored);
  return {
    group,
    version: version.name,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: scope === 'Namespaced',
    preferred: options.preferred,
    storage: `${group}/${names.plural}`,
    statusSubresource: version.subresources?.status !== undefined,
    ...(version.subresources?.scale ? { scale: version.subresources.scale } : {}),
    ...(version.schema?.openAPIV3Schema ? { schema: version.schema.openAPIV3Schema } : {}),
    ...(columns ? { printerColumns: columns } : {}),
    custom: true,
    ...(version.deprecated ? { deprecation: deprecationOf(crd, version) } : {}),
    ...(conversion ? { conversion } : {}),
    strategy: {
      ...(version.selectableFields ? { selectableFields: (object) => selectable(version, object) } : {}),
      // Also objects of the version that is stored now: some may have been stored when it was another.
      fromStored: as(version.name),
      ...(version.name === options.stored ? {} : { toStored: as(options.stored) }),
    },
  };
};

const deprecationOf = ({ spec }: CustomResourceDefinition, version: CustomResourceVersion): string =>
  version.deprecationWarning ?? `${spec?.group}/${version.name} ${spec?.names.kind} is deprecated`;

/** Fields by their paths without the dot in front, as selectors name them; texts, and other scalars as they are written. */
const selectable = (version: CustomResourceVersion, object: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (version.selectableFields ?? []).map(({ jsonPath }) => {
      const value = valueAtPath(object, jsonPath);
      const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
      return [jsonPath.replace(/^\./, ''), isScalar ? String(value) : ''] as const;
    }),
  );

/**
 * Orders versions the way discovery prefers them: stable before beta before alpha, higher first, others by name.
 * @spec https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */
const compareVersions = (left: string, right: string): number => {
  const [a, b] = [versionRank(left), versionRank(right)];
  if (!a || !b) return a ? -1 : b ? 1 : left < right ? -1 : left > right ? 1 : 0;
  return b.stability - a.stability || b.major - a.major || b.minor - a.minor;
};

const versionRank = (name: string) => {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name);
  if (!match) return undefined;
  const stability = match[2] === 'alpha' ? 0 : match[2] === 'beta' ? 1 : 2;
  return { stability, major: Number(match[1]), minor: Number(match[3] ?? 0) };
};
