/**
 * Reads what a rollout is decided from: caches only.
 */
import type { Informer, InformerSet } from '@argosy/client';
import {
  controllerOf,
  HTTP_ROUTES,
  INGRESSES,
  REPLICA_SETS,
  SERVICES,
  type HTTPRoute,
  type Ingress,
  type KubeObject,
  type ReplicaSet,
  type Service,
} from '@argosy/kube';

import { canaryIngressName } from '../adapters/traffic-routers/nginx.ts';
import { namedRoutes, stableIngressNames } from '../adapters/traffic-routers/named-objects.ts';
import { templateKey, type AnalysisTemplates } from '../analysis-run/compose-run.ts';
import type { AnalysisRun, AnalysisTemplate } from '../api/analysis.ts';
import { ANALYSIS_RUNS, ANALYSIS_TEMPLATES, CLUSTER_ANALYSIS_TEMPLATES } from '../api/analysis-kinds.ts';
import { ROLLOUTS, type Rollout } from '../api/rollout.ts';
import type { TemplateReference } from '../api/strategy.ts';
import { namedAnalyses, namedServices } from '../validate/validate-references.ts';
import type { RolloutWorld } from './world.ts';

/** Index by the uid of the controller. */
const BY_CONTROLLER = 'controller-uid';
/** Index of rollouts and templates by what they name. */
export const BY_NAMED = 'named';

/** The caches of the loop. */
export interface RolloutCaches {
  readonly rollouts: Informer<Rollout>;
  readonly sets: Informer<ReplicaSet>;
  readonly services: Informer<Service>;
  readonly ingresses: Informer<Ingress>;
  readonly routes: Informer<HTTPRoute>;
  readonly runs: Informer<AnalysisRun>;
  readonly templates: Informer<AnalysisTemplate>;
  readonly clusterTemplates: Informer<AnalysisTemplate>;
}

/** Opens the caches. */
export const openCaches = (informers: InformerSet): RolloutCaches => {
  const indexes = { [BY_CONTROLLER]: (object: KubeObject) => [controllerOf(object)?.uid ?? ''] };
  return {
    rollouts: informers.of({ resource: ROLLOUTS, indexes: { [BY_NAMED]: namedByRollout } }),
    sets: informers.of({ resource: REPLICA_SETS, indexes }),
    services: informers.of({ resource: SERVICES }),
    ingresses: informers.of({ resource: INGRESSES }),
    routes: informers.of({ resource: HTTP_ROUTES }),
    runs: informers.of({ resource: ANALYSIS_RUNS, indexes }),
    templates: informers.of({ resource: ANALYSIS_TEMPLATES, indexes: { [BY_NAMED]: namedByTemplate } }),
    clusterTemplates: informers.of({
      resource: CLUSTER_ANALYSIS_TEMPLATES,
      indexes: { [BY_NAMED]: namedByTemplate },
    }),
  };
};

/** How indexes spell an object; the namespace of a cluster-wide one is empty. */
export const referenceKey = (kind: string, of: { readonly namespace?: string; readonly name?: string }): string =>
  `${kind}/${of.namespace ?? ''}/${of.name ?? ''}`;

const namedByRollout = (rollout: Rollout): readonly string[] => {
  const namespace = rollout.metadata.namespace ?? '';
  return [
    ...namedServices(rollout).map(({ name }) => referenceKey('Service', { namespace, name })),
    ...stableIngressNames(rollout).map((name) => referenceKey('Ingress', { namespace, name })),
    ...namedRoutes(rollout).map((route) => referenceKey('HTTPRoute', route)),
    ...namedAnalyses(rollout).flatMap(({ analysis }) => templateReferences(analysis.templates, namespace)),
  ];
};

const namedByTemplate = (template: AnalysisTemplate): readonly string[] =>
  templateReferences(template.spec?.templates, template.metadata.namespace ?? '');

const templateReferences = (
  references: readonly TemplateReference[] | undefined,
  namespace: string,
): readonly string[] =>
  (references ?? []).map(({ templateName, clusterScope }) =>
    clusterScope
      ? referenceKey('ClusterAnalysisTemplate', { name: templateName })
      : referenceKey('AnalysisTemplate', { namespace, name: templateName }),
  );

/** Reads the world of a rollout. */
export const worldOf = (caches: RolloutCaches, rollout: Rollout): RolloutWorld => {
  const namespace = rollout.metadata.namespace ?? '';
  const uid = rollout.metadata.uid ?? '';
  const services = namedServices(rollout).map(({ name }) => name);
  const ingresses = stableIngressNames(rollout).flatMap((name) => [
    name,
    canaryIngressName(rollout.metadata.name ?? '', name),
  ]);
  return {
    sets: caches.sets.byIndex(BY_CONTROLLER, uid),
    runs: caches.runs.byIndex(BY_CONTROLLER, uid),
    services: found(services, (name) => caches.services.get({ namespace, name })),
    ingresses: found(ingresses, (name) => caches.ingresses.get({ namespace, name })),
    routes: Object.fromEntries(
      namedRoutes(rollout).flatMap((named) => {
        const route = caches.routes.get(named);
        return route ? [[`${named.namespace}/${named.name}`, route] as const] : [];
      }),
    ),
    templates: templatesOf(caches, rollout),
  };
};

const found = <T>(names: readonly string[], get: (name: string) => T | undefined): Readonly<Record<string, T>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const object = get(name);
      return object === undefined ? [] : [[name, object] as const];
    }),
  );

/** The templates named, and those they name, each read once. */
const templatesOf = (caches: RolloutCaches, rollout: Rollout): AnalysisTemplates => {
  const read: Record<string, AnalysisTemplate> = {};
  const open: TemplateReference[] = namedAnalyses(rollout).flatMap(({ analysis }) => analysis.templates ?? []);
  for (let reference = open.shift(); reference; reference = open.shift()) {
    const key = templateKey(reference);
    if (read[key]) continue;
    const name = reference.templateName ?? '';
    const template = reference.clusterScope
      ? caches.clusterTemplates.get({ name })
      : caches.templates.get({ namespace: rollout.metadata.namespace ?? '', name });
    if (!template) continue;
    read[key] = template;
    open.push(...(template.spec?.templates ?? []));
  }
  return read;
};
