/**
 * Objects that do not fit the types of their kind. Kubernetes finds that before anything else; here it is looked for when
 * a write has failed, so that objects that fit cost nothing.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/rest.go#transformDecodeError
 */
import { isObject, parseTimestamp } from '@argosy/base';
import type { Patch } from '@argosy/client';
import {
  ApiStatusError,
  decodeProblem,
  formatFieldError,
  goText,
  invalidField,
  messageNameOf,
  toApiVersion,
  type DecodeVoice,
  type KubeObject,
} from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { ApiContext } from '../api-context.ts';

/**
 * Runs a write of an object as it was given, of which perhaps only a part counts. Throws what the write throws, and
 * BadRequest when the object does not fit its types.
 */
export const orUndecodable = async <T>(
  context: ApiContext,
  of: { readonly kind: ServedKind; readonly object: KubeObject; readonly isPartWritten?: boolean },
  write: () => Promise<T>,
): Promise<T> => {
  try {
    // Whoever completes an object takes its parts for what they should be, and a part that is not written fails nothing.
    const mustLook = of.isPartWritten || isOddlyShaped(of.object);
    const broken = mustLook ? problemOf(context, of.kind, of.object) : undefined;
    if (broken !== undefined) throw undecodable(of.kind, broken);
    return await write();
  } catch (thrown) {
    const problem = problemOf(context, of.kind, of.object);
    throw problem === undefined ? thrown : undecodable(of.kind, problem);
  }
};

/**
 * Runs a patch of the object that is there; `patched` makes what it comes to. Throws what the write throws, and Invalid
 * when the outcome does not fit its types: of a strategic merge patch the patch is shown, of others the outcome.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go
 */
export const orUnpatchable = async <T>(
  context: ApiContext,
  of: { readonly kind: ServedKind; readonly patch: Patch; readonly outcome: () => KubeObject | undefined },
  write: () => Promise<T>,
): Promise<T> => {
  try {
    return await write();
  } catch (thrown) {
    const { kind, patch } = of;
    const outcome = of.outcome();
    const problem = outcome && problemOf(context, kind, outcome, patch.kind === 'strategic' ? 'converter' : 'reader');
    throw problem === undefined ? thrown : unpatchable(patch, outcome, problem);
  }
};

/** The refusal of a patch for what it comes to: it shows the patch where that is strategic, else the outcome. */
export const unpatchable = (patch: Patch, outcome: KubeObject | undefined, problem: string): ApiStatusError => {
  const shown = patch.kind === 'strategic' ? goText(patch.patch) : JSON.stringify(outcome);
  const finding = invalidField('patch', shown, problem);
  return new ApiStatusError('Invalid', ` "" is invalid: ${formatFieldError(finding)}`, { causes: [finding] });
};

/** Whether parts that are objects in every kind are something else. */
const isOddlyShaped = (object: KubeObject): boolean => {
  if (!isObject(object)) return true;
  const parts = object as Readonly<Record<string, unknown>>;
  const metadata = parts['metadata'];
  return (
    isOdd(metadata) ||
    (isObject(metadata) && isOddMetadata(metadata)) ||
    isOdd(parts['spec']) ||
    isOdd(parts['status']) ||
    isOdd(parts['data']) ||
    isOdd(parts['stringData']) ||
    isOdd(parts['binaryData'])
  );
};

/** The time of creation is the server's, and nobody reads the given one after this. */
const isOddMetadata = ({ labels, annotations, creationTimestamp: made }: Readonly<Record<string, unknown>>): boolean =>
  isOdd(labels) || isOdd(annotations) || (made !== undefined && made !== null && !isTime(made));

const isTime = (value: unknown): boolean => typeof value === 'string' && parseTimestamp(value) !== undefined;

const isOdd = (part: unknown): boolean => part !== undefined && part !== null && !isObject(part);

/** What is wrong with the types of an object of a built-in kind; absent when nothing is, or the object is of another kind. */
const problemOf = (
  { messages }: Pick<ApiContext, 'messages'>,
  kind: ServedKind,
  object: KubeObject,
  voice: DecodeVoice = 'reader',
): string | undefined => {
  const apiVersion = toApiVersion(kind);
  if (kind.custom || object?.kind !== kind.kind || object.apiVersion !== apiVersion) return undefined;
  return decodeProblem(messages, messageNameOf(apiVersion, kind.kind), object, voice);
};

const undecodable = (kind: ServedKind, problem: string): ApiStatusError =>
  new ApiStatusError(
    'BadRequest',
    `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${problem}`,
  );
