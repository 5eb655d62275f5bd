export * from './workloads.ts';
export * from './cluster-objects.ts';
export * from './gateway-objects.ts';
export * from './replicated-sets.ts';
export * from './storage-objects.ts';
export * from './policy-objects.ts';
export * from './api-service.ts';
