export type {
  Client,
  DeleteOptions,
  Discovery,
  ListOptions,
  LogOptions,
  Patch,
  Reader,
  ServedResource,
  WatchEvent,
  WatchOptions,
  WriteOptions,
  Writer,
} from './client.ts';
