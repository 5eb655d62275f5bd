export { BUILTIN_TABLES, PLAIN_TABLE } from './builtin-tables.ts';
export { podStatusText } from './pod-table.ts';
export { ageOf, type Cell, type TableColumn, type TableDefinition } from './table-words.ts';
export { valueAtPath } from './column-path.ts';
