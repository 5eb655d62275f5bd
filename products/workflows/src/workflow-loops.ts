/**
 * Every loop of this product.
 */
import type { Controller } from '@argosy/controller';

import { createCronWorkflowLoop } from './cron-workflow/controller.ts';
import { createWorkflowLoop, type WorkflowLoopDeps, type WorkflowLoopOptions } from './workflow/controller.ts';

/** Creates the loops; nothing happens before they run. */
export const createWorkflowLoops = (
  deps: WorkflowLoopDeps,
  options: WorkflowLoopOptions = {},
): readonly Controller[] => [createWorkflowLoop(deps, options).controller, createCronWorkflowLoop(deps).controller];
