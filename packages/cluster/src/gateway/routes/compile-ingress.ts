/**
 * Ingress → routes, with the canary annotations of ingress-nginx. Pure.
 * @spec https://kubernetes.io/docs/concepts/services-networking/ingress/
 * @upstream ingress-nginx internal/ingress/annotations/canary/main.go, docs/user-guide/nginx-configuration/annotations.md#canary
 */
import type { Ingress, IngressBackend } from '@argosy/kube';

import { compilePattern } from '../patterns/pattern.ts';
import type {
  CanaryEntry,
  CanaryPolicy,
  CompiledRoute,
  PathMatch,
  RouteAction,
  RouteEntry,
  ServiceReference,
} from './route.ts';

/** What the annotations begin with. */
const NGINX_PREFIX = 'nginx.ingress.kubernetes.io/';

/** Annotations that act here, without the prefix. */
const CANARY_ANNOTATIONS = [
  'canary',
  'canary-weight',
  'canary-weight-total',
  'canary-by-header',
  'canary-by-header-value',
  'canary-by-header-pattern',
  'canary-by-cookie',
];

/**
 * Compiles an Ingress of any class: the embedded cluster has no other controller for them. TLS sections are not acted
 * on; the same rules are served in plain HTTP.
 */
export const compileIngress = (ingress: Ingress): CompiledRoute => {
  const unknown = [...unknownAnnotations(ingress), ...tlsProblem(ingress)];
  if (annotation(ingress, 'canary') !== 'true') {
    const stray = CANARY_ANNOTATIONS.filter((name) => name !== 'canary' && annotation(ingress, name) !== undefined);
    const prefix = prefixOf(ingress);
    const problems = stray.map((name) => `${prefix}${name} acts only with ${prefix}canary: "true"`);
    const { entries, problems: refused } = compileStable(ingress);
    return { entries, canaries: [], problems: [...unknown, ...problems, ...refused] };
  }
  const { canaries, problems } = compileCanaries(ingress);
  return { entries: [], canaries, problems: [...unknown, ...problems] };
};

const annotation = (ingress: Ingress, name: string): string | undefined =>
  ingress.metadata.annotations?.[`${prefixOf(ingress)}${name}`];

/** Installations of nginx may be told another prefix (Rollouts' `nginx.annotationPrefix`): the one before `canary` counts. */
const prefixOf = (ingress: Ingress): string => {
  const names = Object.keys(ingress.metadata.annotations ?? {});
  if (names.includes(`${NGINX_PREFIX}canary`)) return NGINX_PREFIX;
  return names.find((name) => name.endsWith('/canary'))?.slice(0, -'canary'.length) ?? NGINX_PREFIX;
};

const unknownAnnotations = (ingress: Ingress): readonly string[] =>
  Object.keys(ingress.metadata.annotations ?? {})
    .filter((name) => name.startsWith(NGINX_PREFIX) && !CANARY_ANNOTATIONS.includes(name.slice(NGINX_PREFIX.length)))
    .map((name) => `not supported yet: metadata.annotations[${name}]; remove it`);

const tlsProblem = ({ spec }: Ingress): readonly string[] =>
  (spec?.tls ?? []).length === 0 ? [] : ['spec.tls is not acted on: the rules are served in plain HTTP'];

interface IngressPath {
  readonly host: string;
  readonly pathType: string;
  readonly path: PathMatch;
  readonly backend: IngressBackend;
  readonly field: string;
}

const pathsOf = (ingress: Ingress): readonly IngressPath[] =>
  (ingress.spec?.rules ?? []).flatMap((rule, ruleIndex) =>
    (rule.http?.paths ?? []).map(({ path, pathType, backend }, index) => ({
      host: rule.host ? rule.host.toLowerCase() : '*',
      pathType,
      path: toPathMatch(pathType, path),
      backend,
      field: `spec.rules[${ruleIndex}].http.paths[${index}]`,
    })),
  );

/** What is specific to the implementation is a prefix here. */
const toPathMatch = (pathType: string, path = '/'): PathMatch =>
  pathType === 'Exact' ? { kind: 'exact', path } : { kind: 'prefix', path };

const compileStable = (ingress: Ingress): Pick<CompiledRoute, 'entries' | 'problems'> => {
  const problems: string[] = [];
  const entries: RouteEntry[] = [];
  const add = (path: Omit<IngressPath, 'pathType'>, isDefault: boolean): void => {
    const service = serviceOf(ingress, path.backend);
    if (!service) problems.push(`not supported yet: ${path.field}.backend.resource; name a service`);
    else entries.push(describeEntry(ingress, { ...path, service, isDefault, position: entries.length }));
  };
  for (const path of pathsOf(ingress)) add(path, false);
  const backend = ingress.spec?.defaultBackend;
  if (backend) add({ host: '*', path: { kind: 'prefix', path: '/' }, backend, field: 'spec.defaultBackend' }, true);
  return { entries, problems };
};

const describeEntry = (
  ingress: Ingress,
  entry: {
    readonly host: string;
    readonly path: PathMatch;
    readonly service: ServiceReference;
    readonly isDefault: boolean;
    readonly position: number;
  },
): RouteEntry => ({
  host: entry.host,
  singleLabel: true,
  isDefault: entry.isDefault,
  match: { path: entry.path, headers: [], query: [] },
  rule: {
    route: { kind: 'Ingress', namespace: ingress.metadata.namespace ?? '', name: ingress.metadata.name ?? '' },
    action: forwardTo(entry.service),
  },
  createdAt: ingress.metadata.creationTimestamp ?? '',
  position: entry.position,
});

const forwardTo = (service: ServiceReference): RouteAction => ({
  kind: 'forward',
  backends: [{ service, weight: 1, requestHeaders: [], responseHeaders: [] }],
  requestHeaders: [],
  responseHeaders: [],
  mirrors: [],
  unknownServiceCode: 503,
});

const serviceOf = (ingress: Ingress, backend: IngressBackend): ServiceReference | undefined =>
  backend.service && {
    namespace: ingress.metadata.namespace ?? '',
    name: backend.service.name,
    port: backend.service.port?.number ?? (backend.service.port?.name || undefined),
  };

const compileCanaries = (ingress: Ingress): Pick<CompiledRoute, 'canaries' | 'problems'> => {
  const policy = compilePolicy(ingress);
  if (typeof policy === 'string') return { canaries: [], problems: [policy] };
  const paths = pathsOf(ingress).map((path) => ({ path, service: serviceOf(ingress, path.backend) }));
  return {
    canaries: paths.flatMap(({ path, service }): readonly CanaryEntry[] =>
      service
        ? [
            {
              host: path.host,
              pathType: path.pathType,
              path: path.path,
              policy: { ...policy, service },
              createdAt: ingress.metadata.creationTimestamp ?? '',
              owner: `${ingress.metadata.namespace ?? ''}/${ingress.metadata.name ?? ''}`,
            },
          ]
        : [],
    ),
    problems: paths.flatMap(({ path, service }) =>
      service ? [] : [`not supported yet: ${path.field}.backend.resource; name a service`],
    ),
  };
};

/** The policy, or why there is none. */
const compilePolicy = (ingress: Ingress): Omit<CanaryPolicy, 'service'> | string => {
  const weight = numberOf(ingress, 'canary-weight');
  const total = numberOf(ingress, 'canary-weight-total');
  if (typeof weight === 'string') return weight;
  if (typeof total === 'string') return total;
  const header = annotation(ingress, 'canary-by-header');
  const cookie = annotation(ingress, 'canary-by-cookie');
  const pattern = annotation(ingress, 'canary-by-header-pattern');
  if (weight === undefined && !header && !cookie)
    return `a canary needs ${prefixOf(ingress)}canary-weight, canary-by-header or canary-by-cookie`;
  const compiled = pattern ? compilePattern(pattern) : undefined;
  if (compiled && !compiled.ok) return `${prefixOf(ingress)}canary-by-header-pattern: ${compiled.error}`;
  const value = annotation(ingress, 'canary-by-header-value');
  return {
    weight: weight ?? 0,
    // Totals below 100 count as 100, as upstream's balancer has it.
    weightTotal: Math.max(total ?? 100, 100),
    ...(header
      ? {
          header: {
            name: header.toLowerCase(),
            ...(value ? { value } : {}),
            ...(compiled ? { pattern: compiled.value } : {}),
          },
        }
      : {}),
    ...(cookie ? { cookie } : {}),
  };
};

const numberOf = (ingress: Ingress, name: string): number | undefined | string => {
  const text = annotation(ingress, name);
  if (text === undefined) return undefined;
  return /^\d{1,9}$/.test(text) ? Number(text) : `${prefixOf(ingress)}${name}: ${JSON.stringify(text)} is not a number`;
};
