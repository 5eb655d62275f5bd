export type { Workqueue, WorkqueueDeps, WorkqueueOptions } from './workqueue.ts';
export type { ErrorClass } from './classify-error.ts';
export {
  createController,
  watchMapped,
  watchObjects,
  watchOwned,
  type Controller,
  type ControllerDeps,
  type ControllerOptions,
  type Next,
  type Source,
} from './controller.ts';
export { createReconcile, type Decision, type LoopDefinition, type Observed } from './loop.ts';
export { createRecorder, type EventDraft, type Recorder, type RecorderDeps, type RecorderOptions } from './recorder.ts';
export { writeStatus, type StatusPath } from './write-status.ts';
export { runAsLeader, type LeaderElectionDeps, type LeaderElectionOptions } from './leader-election.ts';
