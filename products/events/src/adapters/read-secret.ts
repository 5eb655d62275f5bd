/**
 * Values of Secrets and ConfigMaps, read when they are used, as upstream reads its mounted files. @spec EV-CTL-09
 */
import { fail, ok, type Result } from '@argosy/base';
import type { Reader } from '@argosy/client';
import { CONFIG_MAPS, isApiError, SECRETS } from '@argosy/kube';

import type { KeySelector } from '../api/shared-schema.ts';

/** A key of a Secret, without one newline at its end. */
export const readSecretKey = async (
  client: Reader,
  namespace: string,
  { name = '', key }: KeySelector,
): Promise<Result<string>> => {
  const secret = await found(client.get(SECRETS, { namespace, name }));
  const encoded = secret?.data?.[key];
  if (encoded === undefined) return fail(missing('secret', { name, key }, secret !== undefined));
  return ok(withoutNewline(Buffer.from(encoded, 'base64').toString('utf8')));
};

/** A key of a ConfigMap, without one newline at its end. */
export const readConfigMapKey = async (
  client: Reader,
  namespace: string,
  { name = '', key }: KeySelector,
): Promise<Result<string>> => {
  const map = await found(client.get(CONFIG_MAPS, { namespace, name }));
  const value = map?.data?.[key];
  return value === undefined ? fail(missing('configmap', { name, key }, map !== undefined)) : ok(withoutNewline(value));
};

const found = async <T>(reading: Promise<T>): Promise<T | undefined> => {
  try {
    return await reading;
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return undefined;
    throw thrown;
  }
};

const missing = (kind: string, of: { readonly name: string; readonly key: string }, exists: boolean): string =>
  exists ? `${kind} ${of.name} has no key ${of.key}` : `${kind} ${of.name} does not exist`;

const withoutNewline = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);
