/**
 * Upstream's REST routes, thin over the client and the operations the command uses too. @spec WF-API-01 … WF-API-04
 */
import type { Route } from '@argosy/server';

import type { WorkflowRouteDeps } from './routes/answers.ts';
import { createObjectRoutes } from './routes/object-routes.ts';
import { createStreamRoutes } from './routes/stream-routes.ts';
import { createWorkflowObjectRoutes } from './routes/workflow-routes.ts';

export type { WorkflowRouteDeps } from './routes/answers.ts';

/** The routes. */
export const createWorkflowRoutes = (deps: WorkflowRouteDeps): readonly Route[] => [
  ...createWorkflowObjectRoutes(deps),
  ...createObjectRoutes(deps),
  ...createStreamRoutes(deps),
];
