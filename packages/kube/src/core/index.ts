export * from './workloads.ts';
export * from './cluster-objects.ts';
