/**
 * Bodies that are not what their address asks for, told in Kubernetes' words.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,rest}.go#transformDecodeError
 */
import { isObject } from '@argosy/base';
import {
  ApiStatusError,
  gvkOf,
  invalidField,
  invalidObject,
  parseApiVersion,
  toApiVersion,
  type KubeObject,
} from '@argosy/kube';

import type { ServedKind } from '../kinds/served-kind.ts';

/** Refuses an object of another kind or version than the address. Throws BadRequest, and Invalid for custom kinds. */
export const checkType = (kinds: readonly ServedKind[], kind: ServedKind, object: KubeObject): void => {
  if (!isObject(object)) throw unrecognized(kind.kind, typeProblem(object), JSON.stringify(object) ?? '');
  if (!isObject(object.metadata ?? {}))
    throw new ApiStatusError('BadRequest', `the body is not a ${kind.kind}: it must be an object with metadata`);
  const given = object as unknown as Readonly<Record<string, unknown>>;
  checkTypeMeta(kind, given);
  const [apiVersion, name] = [textOf(given['apiVersion']), textOf(given['kind'])];
  if (kind.unconverted && name === kind.kind && parseApiVersion(apiVersion).group === kind.group) return;
  if (apiVersion === toApiVersion(kind) && name === kind.kind) return;
  throw kind.custom ? otherCustom(kind, object) : otherBuiltin(kinds, kind, { apiVersion, name });
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Refuses a kind or apiVersion that is no text; either may be absent. Throws BadRequest. */
export const checkTypeMeta = (kind: ServedKind, body: Readonly<Record<string, unknown>>): void => {
  for (const member of ['kind', 'apiVersion']) {
    const value = body[member];
    if (value === undefined || value === null || typeof value === 'string') continue;
    const problem = `json: cannot unmarshal ${jsonType(value)} into Go struct field .${member} of type string`;
    throw unrecognized(kind.kind, problem, JSON.stringify(body));
  }
};

/** A body that is no object of any kind. `text` is its beginning. */
export const unrecognized = (kind: string, problem: string, text: string): ApiStatusError =>
  new ApiStatusError(
    'BadRequest',
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${problem} (${summaryOf(text)})`,
  );

/** What Go's reader of JSON says of a value where an object belongs. */
export const typeProblem = (value: unknown): string =>
  value === undefined
    ? 'unexpected end of JSON input'
    : `json: cannot unmarshal ${jsonType(value)} into Go value of type ${TYPE_META}`;

/** The word JSON has for a value that is none of an object. */
export const jsonType = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

/** What upstream reads of a body first, as its messages name it. */
const TYPE_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/** Longest beginning of a body that is shown, in bytes. */
const SUMMARY_BYTES = 30;

/** Objects as text, everything else in hexadecimal: it may be anything. */
const summaryOf = (text: string): string => {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.byteLength === 0) return '<empty>';
  const encoding = text.startsWith('{') ? 'utf8' : 'hex';
  const shown = bytes.subarray(0, SUMMARY_BYTES).toString(encoding);
  return bytes.byteLength > SUMMARY_BYTES ? `${shown} ...` : shown;
};

const otherBuiltin = (
  kinds: readonly ServedKind[],
  kind: ServedKind,
  given: { readonly apiVersion: string; readonly name: string },
): ApiStatusError => {
  const { apiVersion, name } = given;
  const { version } = parseApiVersion(apiVersion);
  const wanted = toApiVersion(kind);
  const isKnown = kinds.some((one) => !one.custom && one.kind === name && toApiVersion(one) === apiVersion);
  if (isKnown && name === kind.kind) return otherVersion(apiVersion, wanted);
  const why = isKnown
    ? `converting (${version}.${name}) to (${goPackage(kind.group)}.${kind.kind}): unknown conversion`
    : `no kind ${JSON.stringify(name)} is registered for version ${JSON.stringify(apiVersion)}`;
  return new ApiStatusError(
    'BadRequest',
    `${name} in version ${JSON.stringify(version)} cannot be handled as a ${kind.kind}: ${why}`,
  );
};

const otherVersion = (given: string, wanted: string): ApiStatusError =>
  new ApiStatusError(
    'BadRequest',
    `the API version in the data (${given}) does not match the expected API version (${wanted})`,
  );

/** Where upstream keeps the kinds of a group. */
const goPackage = (group: string): string => (group === '' ? 'core' : (group.split('.')[0] ?? ''));

const otherCustom = (kind: ServedKind, object: KubeObject): ApiStatusError => {
  const wanted = toApiVersion(kind);
  if (object.apiVersion !== wanted) return otherVersion(object.apiVersion, wanted);
  return invalidObject(gvkOf(object), object.metadata?.name ?? '', [
    invalidField('kind', object.kind, `must be ${kind.kind}`),
  ]);
};
