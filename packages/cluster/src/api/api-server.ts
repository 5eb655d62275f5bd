/**
 * The embedded API server: kinds over a store, and the clients that talk to it.
 */
import type { Client } from '@argosy/client';
import { isApiError, MESSAGES, type KindDefinition, type KubeObject } from '@argosy/kube';

import { createRoleLookup, type Access } from '../access/access.ts';
import { ensureDefaultAccess } from '../access/default-access.ts';
import { createServiceAccountTokens, type ServiceAccountTokens } from '../access/service-account-tokens.ts';
import { ensureSigningKey } from '../access/signing-key.ts';
import type { PodAccess } from '../kubelet/pod-runtime.ts';
import { CRD_STORAGE, createKindRegistry, visibleDefinition } from '../kinds/kind-registry.ts';
import type { ServedKind } from '../kinds/served-kind.ts';
import { createQuotas } from './admission/quotas.ts';
import type { ValidationRules } from '../kinds/validation-rules.ts';
import { createComponents, type ComponentName } from './components.ts';
import { createConversions } from './conversion/conversions.ts';
import { kindOf, type ApiContext, type ApiServerDeps } from './api-context.ts';
import { ensureDefaultFlowControl } from './defaults/default-flow-control.ts';
import { ensureDefaultPriorityClasses } from './defaults/default-priority-classes.ts';
import { ensureDefaultStorage } from './defaults/default-storage.ts';
import { emptyDefinition } from './empty-definition.ts';
import { listenForKubectl, type KubeServer, type KubeServerOptions } from './http/kube-server.ts';
import { createInProcessClient } from './in-process-client.ts';
import { createServiceAddresses } from './service-addresses.ts';
import { createAdmissionPolicies } from './policies/admission-policies.ts';
import type { ConditionLanguage } from './policies/condition-language.ts';
import { createEquivalentKinds } from './webhooks/equivalent-kinds.ts';
import { createWebhooks } from './webhooks/webhooks.ts';
import { createObject } from './writes/create-object.ts';
import { patchObject } from './writes/write-objects.ts';

/** What the server serves besides the built-in kinds. */
export interface ApiServerOptions {
  readonly kinds: readonly KindDefinition[];
  /** The language of rules in schemas; without it they are not evaluated, and a warning says so. */
  readonly rules?: ValidationRules;
  /** The language of admission policies and match conditions; without it policies judge nothing, and conditions are refused. */
  readonly conditions?: ConditionLanguage;
}

/** A running API server. */
export interface ApiServer {
  /** Talks to the server without leaving the process. */
  readonly client: Client;
  /** The same in the name of a program, which is how owners of fields will call who writes through it. */
  clientOf(program: string): Client;
  /** Issues tokens of service accounts, for pods and secrets. */
  readonly tokens: Pick<ServiceAccountTokens, 'issue'>;
  /** Tells the server who runs the pods, for logs. */
  setPodAccess(access: PodAccess): void;
  /** Tells the server that a part of the cluster works, until its work ends: for those who ask how it is. */
  componentRuns(name: ComponentName, work: Promise<unknown>): void;
  /** Serves the API over HTTP. Throws Failure PortInUse, CannotListen. */
  serve(options: KubeServerOptions): Promise<KubeServer>;
  /** Ends watches, waits for pending writes and closes the store. */
  close(): Promise<void>;
}

/** Namespaces Kubernetes itself makes. */
const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Starts the server: system namespaces and declared kinds exist when the promise resolves. */
export const createApiServer = async (deps: ApiServerDeps, options: ApiServerOptions): Promise<ApiServer> => {
  const registry = createKindRegistry(deps.store, options.kinds, {
    rules: options.rules,
    conditions: options.conditions,
  });
  const language = options.conditions;
  const kinds = (): readonly ServedKind[] => registry.all();
  const conversions = createConversions(deps);
  const equivalents = createEquivalentKinds(kinds, conversions);
  const policies = createAdmissionPolicies({ ...deps, language, kinds, equivalents, conversions });
  const context: ApiContext = {
    ...deps,
    registry,
    addresses: createServiceAddresses(deps),
    components: createComponents(deps.store),
    quotas: createQuotas(deps.store),
    conversions,
    messages: MESSAGES,
    webhooks: createWebhooks({ ...deps, policies, equivalents, language }),
  };
  let podAccess: PodAccess | undefined;
  await ensureNamespaces(context);
  await Promise.all(options.kinds.map((definition) => ensureDefinition(context, definition)));
  // Definitions that were going when the server stopped go on going.
  for (const definition of deps.store.list(CRD_STORAGE).items) void emptyDefinition(context, definition);
  await Promise.all([
    ensureDefaultAccess(context),
    ensureDefaultStorage(context),
    ensureDefaultFlowControl(context),
    ensureDefaultPriorityClasses(context),
  ]);
  const access: Access = {
    roles: createRoleLookup(deps.store),
    tokens: createServiceAccountTokens(deps, await ensureSigningKey(context)),
  };
  const client = createInProcessClient(context, () => podAccess);
  return {
    client,
    clientOf: (program) => createInProcessClient({ ...context, program }, () => podAccess),
    tokens: access.tokens,
    setPodAccess: (access) => {
      podAccess = access;
    },
    componentRuns: (name, work) => context.components.runs(name, work),
    serve: (served) => listenForKubectl({ context, access, podAccess: () => podAccess }, served),
    close: () => deps.store.close(),
  };
};

const ensureNamespaces = async (context: ApiContext): Promise<void> => {
  const kind = kindOf(context, { group: '', version: 'v1', resource: 'namespaces' });
  const create = (name: string): Promise<unknown> =>
    createObject(context, kind, { object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } } }).catch(
      ifExists,
    );
  await Promise.all(SYSTEM_NAMESPACES.map(create));
};

const ensureDefinition = async (context: ApiContext, definition: KindDefinition): Promise<void> => {
  const kind = kindOf(context, { group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' });
  const object: KubeObject = visibleDefinition(definition);
  const key = { name: object.metadata.name ?? '' };
  if (!context.store.get(CRD_STORAGE, key)) await createObject(context, kind, { object, isOwn: true });
  // A newer program may declare more fields than the one that wrote the folder.
  else await patchObject(context, kind, { key, patch: { kind: 'merge', patch: { spec: object.spec } } });
};

const ifExists = (thrown: unknown): void => {
  if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
};
