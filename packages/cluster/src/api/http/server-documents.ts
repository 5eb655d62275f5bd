/**
 * Documents about the server itself: its version, what it serves, and the schemas of that.
 */
import { ISSUER_PATHS } from '../../access/issuer-documents.ts';
import type { ServedKind } from '../../kinds/served-kind.ts';
import type { OpenApiDocuments } from '../openapi/documents.ts';
import {
  aggregatedDiscovery,
  coreVersions,
  groupDocument,
  groupList,
  KUBERNETES_VERSION,
  resourceList,
} from './discovery.ts';

/** OpenAPI v2 as client-go can read it. It asks with an `@` in the name, which it refuses in an answer. */
export const SWAGGER_MESSAGE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';
const ASKED_AS = [SWAGGER_MESSAGE, 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'];

/**
 * The document a path names; `undefined` when it names none. `accept` chooses between the forms of discovery, and that
 * of OpenAPI v2: bytes are a `SWAGGER_MESSAGE`.
 */
export const describeServer = (
  server: {
    readonly kinds: readonly ServedKind[];
    readonly address: string;
    readonly documents: OpenApiDocuments;
  },
  given: string,
  accept: string,
): unknown => {
  // Some clients end the addresses of groups with a slash.
  const pathname = given.replace(/\/$/, '');
  const { kinds, documents } = server;
  const parts = pathname.split('/').filter((part) => part !== '');
  const isAggregated = accept.includes('as=APIGroupDiscoveryList');
  if (pathname === '') return { paths: pathsOf(kinds) };
  if (pathname === '/version') return KUBERNETES_VERSION;
  if (pathname === '/api') return isAggregated ? aggregatedDiscovery(kinds, true) : coreVersions(server.address);
  if (pathname === '/apis') return isAggregated ? aggregatedDiscovery(kinds, false) : groupList(kinds);
  if (pathname === '/openapi/v2')
    return ASKED_AS.some((type) => accept.includes(type)) ? documents.swaggerMessage(kinds) : documents.swagger(kinds);
  if (pathname === '/openapi/v3') return documents.index(kinds);
  if (parts[0] === 'openapi' && parts[1] === 'v3') return documents.document(kinds, parts.slice(2).join('/'));
  if (parts[0] === 'api' && parts.length === 2) return resourceList(kinds, '', parts[1] ?? '');
  if (parts[0] === 'apis' && parts.length === 2) return groupDocument(kinds, parts[1] ?? '');
  if (parts[0] === 'apis' && parts.length === 3) return resourceList(kinds, parts[1] ?? '', parts[2] ?? '');
  return undefined;
};

/** What can be asked for, for people who look around. */
const pathsOf = (kinds: readonly ServedKind[]): readonly string[] => {
  const groups = kinds.flatMap(({ group, version }) =>
    group ? [`/apis/${group}`, `/apis/${group}/${version}`] : [`/api/${version}`],
  );
  return [...new Set(['/api', '/apis', ...SERVER_PATHS, ...groups])].toSorted();
};

const SERVER_PATHS = [
  ...ISSUER_PATHS,
  '/healthz',
  '/livez',
  '/metrics',
  '/openapi/v2',
  '/openapi/v3',
  '/readyz',
  '/version',
];
