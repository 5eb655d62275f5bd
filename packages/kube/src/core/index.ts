export * from './workloads.ts';
export * from './cluster-objects.ts';
export * from './gateway-objects.ts';
