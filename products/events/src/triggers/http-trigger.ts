/**
 * http triggers: one request per firing. @spec EV-KND-05, EV-TRG-13, EV-TRG-16
 */
import { Failure, type Json } from '@argosy/base';

import { readConfigMapKey, readSecretKey } from '../adapters/read-secret.ts';
import type { KeySelector } from '../api/shared-schema.ts';
import type { HttpTriggerSpec, Trigger } from '../api/trigger-schema.ts';
import { applyParameters } from '../parameters/apply-parameters.ts';
import { buildPayload } from '../parameters/build-payload.ts';
import { resolveParameter } from '../parameters/resolve-parameter.ts';
import { invalid } from './resource-source.ts';
import type { Executed, TriggerContext, TriggerDeps } from './trigger-context.ts';

const DEFAULT_TIMEOUT_SECONDS = 60;

/** Sends. A status the policy does not allow is a Failure. */
export const executeHttp = async (
  deps: TriggerDeps,
  context: TriggerContext,
  of: { readonly spec: HttpTriggerSpec; readonly policy: Trigger['policy'] },
): Promise<Executed> => {
  const { events } = context.firing;
  const applied = applyParameters(of.spec as unknown as Json, of.spec.parameters ?? [], events);
  if (!applied.ok) throw invalid(applied.error);
  // Parameters write texts into the fields of the schema; a field of another type is refused where it is read.
  const spec = applied.value as unknown as HttpTriggerSpec;
  const body = buildPayload(spec.payload ?? [], events);
  if (!body.ok) throw invalid(body.error);
  const method = spec.method === undefined || spec.method === '' ? 'POST' : spec.method;
  const url = spec.url ?? '';
  if (!URL.canParse(url)) throw invalid(`url: ${JSON.stringify(url)} is not a URL`);
  const { status } = await deps.requests.send({
    url,
    method,
    headers: await headersOf(deps, context, spec, body.value !== undefined),
    ...(body.value === undefined || method === 'GET' ? {} : { body: body.value }),
    timeoutMs: (spec.timeout || DEFAULT_TIMEOUT_SECONDS) * 1000,
    signal: context.signal,
  });
  const allowed = of.policy?.status?.allow;
  if (allowed && !allowed.includes(status))
    throw new Failure(`${method} ${url} was answered ${status}, which policy.status.allow does not list`, {
      code: 'StatusNotAllowed',
      retryable: true,
    });
  return { done: `${method} ${url} was answered ${status}` };
};

const headersOf = async (
  deps: TriggerDeps,
  context: TriggerContext,
  spec: HttpTriggerSpec,
  hasBody: boolean,
): Promise<Readonly<Record<string, string>>> => {
  const headers: Record<string, string> = hasBody ? { 'Content-Type': 'application/json' } : {};
  Object.assign(headers, spec.headers);
  for (const { name, valueFrom } of spec.secureHeaders ?? [])
    headers[name] = await valueOf(deps, context, valueFrom, `secureHeaders ${name}`);
  for (const parameter of spec.dynamicHeaders ?? []) {
    const value = resolveParameter(parameter.src ?? {}, context.firing.events);
    if (!value.ok) throw invalid(`dynamicHeaders: ${value.error}`);
    if (value.value) headers[parameter.dest ?? ''] = value.value.text;
  }
  if (spec.basicAuth) headers['Authorization'] = await basicAuth(deps, context, spec.basicAuth);
  return headers;
};

const basicAuth = async (
  deps: TriggerDeps,
  context: TriggerContext,
  auth: NonNullable<HttpTriggerSpec['basicAuth']>,
): Promise<string> => {
  const read = async (selector: KeySelector | undefined, place: string): Promise<string> =>
    selector ? valueOf(deps, context, { secretKeyRef: selector }, place) : '';
  const username = await read(auth.username, 'basicAuth.username');
  const password = await read(auth.password, 'basicAuth.password');
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
};

const valueOf = async (
  deps: TriggerDeps,
  context: TriggerContext,
  from: { readonly secretKeyRef?: KeySelector; readonly configMapKeyRef?: KeySelector },
  place: string,
): Promise<string> => {
  const namespace = context.sensor.metadata.namespace ?? '';
  if (!from.secretKeyRef && !from.configMapKeyRef)
    throw invalid(`${place}: valueFrom.secretKeyRef or valueFrom.configMapKeyRef must be given`);
  const value = from.secretKeyRef
    ? await readSecretKey(deps.client, namespace, from.secretKeyRef)
    : await readConfigMapKey(deps.client, namespace, from.configMapKeyRef ?? { key: '' });
  if (!value.ok) throw invalid(`${place}: ${value.error}`);
  return value.value;
};
