/**
 * How an object is doing, in Argo CD's words. @spec CD-HLTH
 */

/** A status, from best to worst (CD-HLTH-02). */
export type HealthStatus = 'Healthy' | 'Suspended' | 'Progressing' | 'Missing' | 'Degraded' | 'Unknown';

/** A status and why. */
export interface Health {
  readonly status: HealthStatus;
  readonly message?: string;
}

const SEVERITY: readonly HealthStatus[] = ['Healthy', 'Suspended', 'Progressing', 'Missing', 'Degraded', 'Unknown'];

/** Whether the first is worse than the second. */
export const isWorse = (left: HealthStatus, right: HealthStatus): boolean =>
  SEVERITY.indexOf(left) > SEVERITY.indexOf(right);

/** Makes a health without an empty message. */
export const health = (status: HealthStatus, message?: string): Health => (message ? { status, message } : { status });
