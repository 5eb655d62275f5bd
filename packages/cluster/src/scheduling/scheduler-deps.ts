/**
 * What the scheduler and its acts share.
 */
import type { Client, InformerSet } from '@argosy/client';
import type { ControllerDeps, Recorder } from '@argosy/controller';

/** Ports of the scheduler. */
export interface SchedulerDeps extends ControllerDeps {
  readonly client: Client;
  readonly informers: InformerSet;
  readonly recorder: Recorder;
}
