/**
 * One definition per kind: what the API server serves, what `kubectl` prints, what a CRD installs and what validation
 * refuses all come from the same value.
 */
import { resourceType, toApiVersion, type KubeObject, type ResourceType } from '../objects/object.ts';
import type { FieldError } from '../objects/field-error.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** A column of `kubectl get`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  /** A JSONPath below the object, e.g. `.status.phase`. */
  readonly jsonPath: string;
  readonly format?: string;
  readonly description?: string;
  /** Above 0: shown with `-o wide` only. */
  readonly priority?: number;
}

/** Where the scale subresource finds its numbers. */
export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** Everything about a kind of ours. All functions are pure. */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly schema: StructuralSchema;
  /** Upstream gives only some of its kinds a status subresource; without it, status is written with the object. */
  readonly statusSubresource: boolean;
  readonly scale?: ScalePaths;
  readonly printerColumns?: readonly PrinterColumn[];
  /**
   * Findings beyond the schema: rules between fields, and each field of upstream's that this version does not act on,
   * as `spec.x: Forbidden: not supported yet`. An object with findings is refused; nothing is ignored silently.
   */
  validate?(object: T): readonly FieldError[];
}

/** The client's name for a kind's resource. */
export const resourceOf = <T extends KubeObject>(definition: KindDefinition<T>): ResourceType<T> =>
  resourceType<T>({
    group: definition.group,
    version: definition.version,
    resource: definition.plural,
    kind: definition.kind,
    namespaced: definition.scope === 'Namespaced',
  });

/** The CustomResourceDefinition that installs a kind on any Kubernetes. */
export const toCustomResourceDefinition = (definition: KindDefinition): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${definition.plural}.${definition.group}` },
  spec: {
    group: definition.group,
    scope: definition.scope,
    names: {
      kind: definition.kind,
      listKind: `${definition.kind}List`,
      plural: definition.plural,
      singular: definition.singular,
      ...(definition.shortNames ? { shortNames: definition.shortNames } : {}),
      ...(definition.categories ? { categories: definition.categories } : {}),
    },
    versions: [
      {
        name: definition.version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: definition.schema },
        ...(definition.printerColumns ? { additionalPrinterColumns: definition.printerColumns } : {}),
        subresources: {
          ...(definition.statusSubresource ? { status: {} } : {}),
          ...(definition.scale ? { scale: definition.scale } : {}),
        },
      },
    ],
  },
});

/** The `apiVersion` objects of this kind carry. */
export const apiVersionOf = (definition: Pick<KindDefinition, 'group' | 'version'>): string => toApiVersion(definition);
