/**
 * What is asked of repositories of charts.
 */
import type { RepositoryAccess } from '../network/repository-access.ts';

/** A chart asked for. */
export interface ChartRequest {
  /** Of an index: `https://…`; of a registry: `oci://host/path`, or `host/path` alone. */
  readonly repository: string;
  readonly chart: string;
  /** A version, a constraint, or nothing for the newest. */
  readonly version: string;
  readonly access: RepositoryAccess;
}
