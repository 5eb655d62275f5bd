export { createMemoryStore } from './store/memory-store.ts';
export type {
  DecideWrite,
  Journal,
  JournalEntry,
  Store,
  StoreEvent,
  StoreList,
  StoreWatchOptions,
  StoreWrite,
} from './store/store.ts';
export { createApiServer, type ApiServer, type ApiServerOptions } from './api/api-server.ts';
export type { ApiServerDeps } from './api/api-context.ts';
export type { PodAccess } from './kubelet/pod-runtime.ts';
