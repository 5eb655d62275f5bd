export { BUILTIN_TABLES, PLAIN_TABLE, podStatusText } from './builtin-tables.ts';
export { ageOf, type Cell, type TableColumn, type TableDefinition } from './table-words.ts';
export { valueAtPath } from './column-path.ts';
