/**
 * Everything a decision about a cron workflow reads.
 */
import type { Instant } from '@argosy/base';

import type { CronWorkflow } from '../api/cron-workflow.ts';
import type { Workflow } from '../api/kinds.ts';

/** What is known. */
export interface CronObserved {
  readonly cron: CronWorkflow;
  /** Workflows this cron workflow made and that are still there. */
  readonly runs: readonly Workflow[];
  /**
   * Until when its schedule has been looked at. What was due before, nobody was there to start: it was missed.
   * Memory of the process by intent: after a restart it is the time of the restart.
   */
  readonly consideredUntil: Instant;
  /** Why the workflow could not run, if so. */
  readonly problem: string | undefined;
  readonly now: Instant;
}
