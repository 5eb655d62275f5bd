/** Node 20 gives its worker threads no loaders: this one brings TypeScript's. */
import { register } from 'tsx/esm/api';

register();
await import('./source-worker.ts');
