/**
 * A container's environment: services, envFrom, env, in Kubernetes' order.
 * @upstream kubernetes pkg/kubelet/kubelet_pods.go#makeEnvironmentVariables
 */
import { Failure, parseQuantity } from '@argosy/base';
import type { ConfigMap, Container, EnvVar, PersistentVolume, Pod, Secret, Service } from '@argosy/kube';

import { nodeCapacity } from '../node-capacity.ts';
import { allContainersOf } from '../pod-containers.ts';
import { expandReferences } from './expand-variables.ts';
import { readPodField } from './pod-field.ts';
import { serviceVariables } from './service-variables.ts';

/** Objects of the pod's namespace, as they are now; `undefined` when absent. */
export interface NamespaceObjects {
  configMap(name: string): Promise<ConfigMap | undefined>;
  secret(name: string): Promise<Secret | undefined>;
  /** The volume a claim is bound to. */
  claimedVolume(claim: string): Promise<PersistentVolume | undefined>;
  /** Services that have variables. */
  readonly services: readonly Service[];
}

/** Resolves the environment. Throws a Failure CreateContainerConfigError naming what is missing. */
export const resolveEnvironment = async (
  pod: Pod,
  container: Container,
  from: { readonly objects: NamespaceObjects; readonly podIP: string },
): Promise<Readonly<Record<string, string>>> => {
  const { objects } = from;
  const values = new Map<string, string>(serviceVariables(objects.services));
  for (const source of container.envFrom ?? []) {
    for (const [name, value] of Object.entries(await readSource(objects, source)))
      values.set(`${source.prefix ?? ''}${name}`, value);
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(pod, variable, { ...from, container });
    if (value !== undefined)
      values.set(variable.name, value.expands ? expandReferences(value.text, (name) => values.get(name)) : value.text);
  }
  const own = { POD_IP: from.podIP, HOST: from.podIP, HOSTNAME: pod.spec?.hostname ?? pod.metadata.name ?? '' };
  return { ...own, ...Object.fromEntries(values) };
};

/** An amount a container asks for, as the downward API names it. */
export interface ResourceField {
  readonly containerName?: string;
  readonly resource: string;
  readonly divisor?: string;
}

/**
 * Reads an amount in units of the divisor, rounded up. A limit that is not set is all the node has, other amounts 0. Without
 * a name it is `container`'s. Pure.
 */
export const readResourceField = (
  pod: Pod,
  reference: ResourceField,
  { container, capacity }: { readonly container?: Container; readonly capacity: Readonly<Record<string, string>> },
): string => {
  const of = reference.containerName
    ? allContainersOf(pod).find(({ name }) => name === reference.containerName)
    : container;
  const [list = '', ...rest] = reference.resource.split('.');
  const name = rest.join('.');
  const given = own(list === 'limits' ? of?.resources?.limits : of?.resources?.requests, name);
  const amount = parseQuantity(given ?? (list === 'limits' ? own(capacity, name) : undefined) ?? '0') ?? 0n;
  const divisor = parseQuantity(reference.divisor && reference.divisor !== '0' ? reference.divisor : '1') ?? 1n;
  return String((amount + divisor - 1n) / divisor);
};

const readSource = async (
  objects: NamespaceObjects,
  source: NonNullable<Container['envFrom']>[number],
): Promise<Readonly<Record<string, string>>> => {
  if (source.configMapRef) {
    const found = await objects.configMap(source.configMapRef.name);
    if (!found && !source.configMapRef.optional) throw missing(`configmap "${source.configMapRef.name}" not found`);
    return found?.data ?? {};
  }
  if (!source.secretRef) return {};
  const found = await objects.secret(source.secretRef.name);
  if (!found && !source.secretRef.optional) throw missing(`secret "${source.secretRef.name}" not found`);
  return Object.fromEntries(Object.entries(found?.data ?? {}).map(([name, value]) => [name, decode(value)]));
};

const valueOf = async (
  pod: Pod,
  variable: EnvVar,
  from: { readonly objects: NamespaceObjects; readonly podIP: string; readonly container: Container },
): Promise<{ readonly text: string; readonly expands: boolean } | undefined> => {
  const source = variable.valueFrom;
  if (!source) return { text: variable.value ?? '', expands: true };
  const given = (text: string | undefined) => (text === undefined ? undefined : { text, expands: false });
  if (source.fieldRef) return given(readPodField(pod, source.fieldRef.fieldPath, from.podIP));
  if (source.configMapKeyRef) {
    const { name, key, optional } = source.configMapKeyRef;
    const found = await from.objects.configMap(name);
    if (!found && !optional) throw missing(`configmap "${name}" not found`);
    const value = own(found?.data, key);
    if (value === undefined && !optional)
      throw missing(`couldn't find key ${key} in ConfigMap ${pod.metadata.namespace}/${name}`);
    return given(value);
  }
  if (source.secretKeyRef) {
    const { name, key, optional } = source.secretKeyRef;
    const found = await from.objects.secret(name);
    if (!found && !optional) throw missing(`secret "${name}" not found`);
    const value = own(found?.data, key);
    if (value === undefined && !optional)
      throw missing(`couldn't find key ${key} in Secret ${pod.metadata.namespace}/${name}`);
    return given(value === undefined ? undefined : decode(value));
  }
  if (source.resourceFieldRef)
    return given(
      readResourceField(pod, source.resourceFieldRef, { container: from.container, capacity: nodeCapacity() }),
    );
  throw missing(`env ${variable.name}: not supported yet: valueFrom.${Object.keys(source)[0] ?? ''}`);
};

const own = (values: Readonly<Record<string, string>> | undefined, key: string): string | undefined =>
  values && Object.hasOwn(values, key) ? values[key] : undefined;

const decode = (value: string): string => Buffer.from(value, 'base64').toString('utf8');

const missing = (message: string): Failure =>
  new Failure(message, { code: 'CreateContainerConfigError', retryable: true });
