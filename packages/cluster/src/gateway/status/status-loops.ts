/**
 * The loops that write what became of routes into their status. Wiring only.
 */
import { messageOf } from '@argosy/base';
import {
  createController,
  createRecorder,
  watchMapped,
  watchObjects,
  writeStatus,
  type Controller,
  type Next,
} from '@argosy/controller';
import {
  formatKey,
  GATEWAY_CLASSES,
  GATEWAYS,
  HTTP_ROUTES,
  INGRESSES,
  isApiError,
  keyOf,
  parseKey,
  SERVICES,
  withCondition,
  type HTTPRoute,
  type Ingress,
} from '@argosy/kube';

import type { GatewayDeps } from '../gateway-deps.ts';
import { attachRoute } from '../routes/attach-route.ts';
import { referencesOf } from '../routes/compile-http-route.ts';
import { orphanedCanaries, type RoutingTable } from '../routes/compile-routes.ts';
import {
  BY_GATEWAY,
  gatewayKeysOf,
  isNewLabels,
  isNewSpec,
  type FollowedRoutes,
  type RouteObjects,
} from '../routes/follow-routes.ts';
import { CONTROLLER_NAME, GATEWAY_CLASS_NAME } from './controller-name.ts';
import { decideGatewayStatus } from './decide-gateway-status.ts';
import { decideRouteStatus } from './decide-route-status.ts';

/** What the loops need beyond ports. */
export interface StatusScope {
  readonly deps: GatewayDeps;
  readonly objects: RouteObjects;
  readonly routes: FollowedRoutes;
  /** Address users reach the gateway at. */
  readonly address: string;
}

const SETTLED: Next = { kind: 'settled' };
const BY_SERVICE = 'gateway-service';

/** Creates the class the embedded cluster offers, unless it is there. Without it traffic flows all the same. */
export const ensureGatewayClass = async ({ client, log }: Pick<GatewayDeps, 'client' | 'log'>): Promise<void> => {
  try {
    await client.create(GATEWAY_CLASSES, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: GATEWAY_CLASS_NAME },
      spec: { controllerName: CONTROLLER_NAME, description: 'The gateway of the embedded cluster.' },
    });
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) log.warn('gateway class not created', { error: messageOf(thrown) });
  }
};

/** Creates the loops; nothing happens before their `run`. */
export const createStatusLoops = (scope: StatusScope): readonly Controller[] => [
  classLoop(scope),
  gatewayLoop(scope),
  routeLoop(scope),
  ingressLoop(scope),
];

const classLoop = ({ deps }: StatusScope): Controller => {
  const classes = deps.informers.of({ resource: GATEWAY_CLASSES });
  return createController(deps, {
    name: 'gateway-class-status',
    sources: [watchObjects(classes)],
    reconcile: async (key) => {
      const found = classes.get(key);
      if (found?.spec?.controllerName !== CONTROLLER_NAME) return SETTLED;
      const condition = {
        ...(found.spec.parametersRef ? PARAMETERS_REFUSED : CLASS_ACCEPTED),
        observedGeneration: found.metadata.generation,
      };
      const conditions = withCondition(found.status?.conditions, condition, deps.clock.now());
      await writeStatus(deps.client, GATEWAY_CLASSES, found, { ...found.status, conditions }, 'subresource');
      return SETTLED;
    },
  });
};

const CLASS_ACCEPTED = {
  type: 'Accepted',
  status: 'True',
  reason: 'Accepted',
  message: 'Handled by the gateway of the embedded cluster',
} as const;
const PARAMETERS_REFUSED = {
  type: 'Accepted',
  status: 'False',
  reason: 'InvalidParameters',
  message: 'not supported yet: spec.parametersRef; remove it',
} as const;

const gatewayLoop = ({ deps, objects, routes, address }: StatusScope): Controller => {
  const { gateways, httpRoutes, namespaces } = objects;
  return createController(deps, {
    name: 'gateway-status',
    sources: [
      watchObjects(gateways),
      watchMapped(httpRoutes, (change) => [
        ...gatewayKeysOf(change.object).map(parseKey),
        ...(change.kind === 'updated' ? gatewayKeysOf(change.previous).map(parseKey) : []),
      ]),
      watchMapped(namespaces, (change) => (isNewLabels(change) ? gateways.list().map(keyOf) : [])),
    ],
    reconcile: async (key) => {
      const gateway = gateways.get(key);
      if (!gateway || gateway.metadata.deletionTimestamp) return SETTLED;
      const status = decideGatewayStatus({
        gateway,
        address,
        attachedRoutes: (listener) => routes.attachedRoutes(formatKey(key), listener),
        now: deps.clock.now(),
      });
      await writeStatus(deps.client, GATEWAYS, gateway, status, 'subresource');
      return SETTLED;
    },
  });
};

const routeLoop = ({ deps, objects }: StatusScope): Controller => {
  const { httpRoutes, gateways, namespaces, world } = objects;
  const services = deps.informers.of({ resource: SERVICES });
  httpRoutes.addIndex(BY_SERVICE, serviceKeysOf);
  return createController(deps, {
    name: 'http-route-status',
    sources: [
      watchObjects(httpRoutes),
      watchMapped(gateways, (change) =>
        isNewSpec(change) ? httpRoutes.byIndex(BY_GATEWAY, formatKey(keyOf(change.object))).map(keyOf) : [],
      ),
      watchMapped(namespaces, (change) =>
        isNewLabels(change) ? httpRoutes.list(change.object.metadata.name ?? '').map(keyOf) : [],
      ),
      watchMapped(services, (change) =>
        change.kind === 'updated' ? [] : httpRoutes.byIndex(BY_SERVICE, formatKey(keyOf(change.object))).map(keyOf),
      ),
    ],
    reconcile: async (key) => {
      const route = httpRoutes.get(key);
      if (!route || route.metadata.deletionTimestamp) return SETTLED;
      const status = decideRouteStatus({
        route,
        attachments: attachRoute(route, world),
        hasService: (service) => services.get(service) !== undefined,
        now: deps.clock.now(),
      });
      await writeStatus(deps.client, HTTP_ROUTES, route, status, 'subresource');
      return SETTLED;
    },
  });
};

const ingressLoop = ({ deps, objects: { ingresses }, routes, address }: StatusScope): Controller => {
  const recorder = createRecorder(deps, { component: 'gateway' });
  /** What was told of each Ingress, so that nothing is told twice. */
  const told = new Map<string, string>();
  const tell = (ingress: Ingress, problems: readonly string[]): void => {
    const key = formatKey(keyOf(ingress));
    const text = problems.join('; ');
    if (text !== '' && told.get(key) !== text)
      recorder.event(ingress, { type: 'Warning', reason: 'RouteProblem', message: text });
    told.set(key, text);
  };
  return createController(deps, {
    name: 'ingress-status',
    sources: [watchObjects(ingresses)],
    reconcile: async (key) => {
      const ingress = ingresses.get(key);
      if (!ingress || ingress.metadata.deletionTimestamp) {
        told.delete(formatKey(key));
        return SETTLED;
      }
      tell(ingress, problemsOf(ingress, routes.table()));
      const status = { ...ingress.status, loadBalancer: { ingress: [{ ip: address }] } };
      await writeStatus(deps.client, INGRESSES, ingress, status, 'subresource');
      return SETTLED;
    },
  });
};

/** An Ingress has no conditions: what is wrong with it becomes an event. */
const problemsOf = (ingress: Ingress, table: RoutingTable | undefined): readonly string[] => {
  const key = `Ingress ${formatKey(keyOf(ingress))}`;
  const orphans = table ? orphanedCanaries(table, key) : [];
  return [
    ...(table?.sources.get(key)?.problems ?? []),
    ...orphans.map(({ host }) => `the canary has no stable Ingress with the same path for host ${host}`),
  ];
};

const serviceKeysOf = (route: HTTPRoute): readonly string[] =>
  referencesOf(route).flatMap(({ target }) => ('problem' in target ? [] : [formatKey(target)]));
