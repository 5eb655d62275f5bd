export { openDoor, type Door, type DoorDeps, type DoorOptions } from './door/door.ts';
export { readJsonBody, type Route, type RouteRequest, type RouteResponse } from './door/route.ts';
export type { OriginFacts } from './door/origin-check.ts';
export { createSseQueue, type SseQueue } from './live/sse.ts';
export { createLiveObjectsRoute, type LiveMessage } from './live/live-objects.ts';
export { createGitRoutes, type GitServerDeps, type GitServerOptions } from './git-server/git-http.ts';
export { createPushTeller, type PushTeller, type PushTellerDeps } from './git-server/push-teller.ts';
export type { PushedBranch } from './git-server/told-refs.ts';
export type { WebhookDelivery } from './git-server/describe-push.ts';
