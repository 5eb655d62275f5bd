export {
  ageOf,
  BUILTIN_TABLES,
  PLAIN_TABLE,
  podStatusText,
  type Cell,
  type TableColumn,
  type TableDefinition,
} from './builtin-tables.ts';
export { valueAtPath } from './column-path.ts';
