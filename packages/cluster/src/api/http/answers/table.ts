/**
 * Objects as tables, the form `kubectl get` asks for. @spec https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
 */
import type { Instant } from '@argosy/base';
import {
  ageOf,
  BUILTIN_TABLES,
  PLAIN_TABLE,
  valueAtPath,
  type KubeObject,
  type PrinterColumn,
  type TableDefinition,
} from '@argosy/kube';

import type { ServedKind } from '../../../kinds/served-kind.ts';

/** What of each object a table carries along. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** Builds a table of objects of one kind. Columns are left out after the first event of a watch. */
export const toTable = (
  kind: ServedKind,
  objects: readonly KubeObject[],
  of: {
    readonly now: Instant;
    readonly include: IncludeObject;
    readonly metadata?: object;
    readonly withColumns?: boolean;
  },
): unknown => {
  const definition = tableOf(kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: of.metadata ?? {},
    columnDefinitions:
      of.withColumns === false
        ? null
        : definition.columns.map((column) => ({
            name: column.name,
            type: column.type,
            format: column.name === 'Name' ? 'name' : '',
            description: '',
            priority: column.priority,
          })),
    rows: objects.map((object) => ({ cells: definition.cells(object, of.now), ...included(object, of.include) })),
  };
};

const included = (object: KubeObject, include: IncludeObject): object => {
  if (include === 'None') return {};
  if (include === 'Object') return { object };
  return { object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata } };
};

const tableOf = (kind: ServedKind): TableDefinition => {
  const builtin = kind.custom ? undefined : BUILTIN_TABLES[`${kind.group}/${kind.kind}`];
  if (builtin) return builtin;
  return kind.printerColumns && kind.printerColumns.length > 0 ? customTable(kind.printerColumns) : PLAIN_TABLE;
};

/** The name, and what the definition names: no age unless it is among that. @upstream apiextensions-apiserver pkg/registry/customresource/tableconvertor */
const customTable = (columns: readonly PrinterColumn[]): TableDefinition => ({
  columns: [
    { name: 'Name', type: 'string', priority: 0 },
    ...columns.map(({ name, type, priority = 0 }) => ({
      name,
      type: type === 'date' ? ('string' as const) : type,
      priority,
    })),
  ],
  cells: (object, now) => [
    object.metadata.name ?? '',
    ...columns.map((column) => toCell(valueAtPath(object, column.jsonPath), column.type, now)),
  ],
});

const toCell = (value: unknown, type: PrinterColumn['type'], now: Instant): string | number | boolean => {
  if (type === 'date') return ageOf(typeof value === 'string' ? value : undefined, now);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
};
