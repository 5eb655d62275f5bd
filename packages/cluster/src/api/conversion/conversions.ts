/**
 * Objects of custom kinds in other versions than theirs, where a webhook converts. What a stored object looks like in a
 * version is asked once and kept for a while: reading costs questions for what changed, not for what there is.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/conversion
 */
import { deepFreeze, messageOf, type Random } from '@argosy/base';
import { ApiStatusError, toApiVersion, type KubeObject, type StatusObject } from '@argosy/kube';

import type { ServedKind, WebhookConversion } from '../../kinds/served-kind.ts';
import { textOf } from '../../store/object-text.ts';
import type { Store } from '../../store/store.ts';
import { served } from '../reads/served-object.ts';
import { postToWebhook } from '../webhooks/post-to-webhook.ts';
import { conversionReview, convertedObjects, failingKind, type ConversionQuestion } from './conversion-review.ts';
import { createShownObjects, type ShownObjects } from './shown-objects.ts';

/** Shows a stored object in one version. Only objects it was made for. */
export type Show = (stored: KubeObject) => KubeObject;

/** Converts between versions. Every method throws what the user should know of a webhook that fails. */
export interface Conversions {
  /** Makes stored objects ready to be shown in the version of a kind; of those not known yet all are asked for together. */
  shown(kind: ServedKind, stored: readonly KubeObject[]): Promise<Show>;
  /** An object of one version in another, neither of them stored. */
  between(object: KubeObject, from: ServedKind, to: ServedKind): Promise<KubeObject>;
  /** An object as it is to be stored. */
  toStored(kind: ServedKind, object: KubeObject): Promise<KubeObject>;
}

/** Ports and limits of conversions. */
export interface ConversionDeps {
  readonly store: Store;
  readonly random: Random;
  /** How long a webhook may take; default 30, as the API server's own. */
  readonly timeoutSeconds?: number;
}

const DEFAULT_SECONDS = 30;
/** Objects of one question, in characters of their JSON: a list of what fits is one question. */
const LARGEST_QUESTION = 16 * 1024 * 1024;
/** Longest answer taken, in bytes: objects may grow. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

/** Creates them. */
export const createConversions = (deps: ConversionDeps): Conversions => {
  const known = createShownObjects();
  const convert: Convert = (conversion, desired, objects) => askInParts(deps, conversion, { desired, objects });
  return {
    shown: async (kind, stored) => {
      const { conversion } = kind;
      if (!conversion) return (object) => served(kind, object);
      const make: Make = async (objects) =>
        (await convert(conversion, toApiVersion(kind), objects)).map((object) => deepFreeze(completed(kind, object)));
      return showAll(known, kind, { stored, make });
    },
    between: async (object, from, to) => {
      if (from === to || (object.apiVersion === toApiVersion(to) && to.custom)) return object;
      if (!to.conversion) return served(to, from.strategy.toStored?.(object) ?? object);
      const [converted = object] = await convert(to.conversion, toApiVersion(to), [object]);
      return deepFreeze(completed(to, converted));
    },
    toStored: async (kind, object) => {
      const { conversion } = kind;
      if (!conversion || object.apiVersion === conversion.storedAs) return kind.strategy.toStored?.(object) ?? object;
      const [converted = object] = await convert(conversion, conversion.storedAs, [object]);
      return conversion.prune(converted);
    },
  };
};

type Convert = (
  conversion: WebhookConversion,
  desired: string,
  objects: readonly KubeObject[],
) => Promise<readonly KubeObject[]>;

type Make = Parameters<ShownObjects['find']>[2];

const showAll = async (
  known: ShownObjects,
  kind: ServedKind,
  { stored, make }: { readonly stored: readonly KubeObject[]; readonly make: Make },
): Promise<Show> => {
  const wanted = toApiVersion(kind);
  const foreign = [...new Set(stored)].filter((object) => object.apiVersion !== wanted);
  const shown = await known.find(kind, foreign, make);
  return (object) => shown.get(object) ?? served(kind, object);
};

/** What the version's schema does not know goes, and what it completes is completed. */
const completed = (kind: ServedKind, object: KubeObject): KubeObject => kind.strategy.default?.(object) ?? object;

const askInParts = async (
  deps: ConversionDeps,
  conversion: WebhookConversion,
  of: Omit<ConversionQuestion, 'uid'>,
): Promise<readonly KubeObject[]> => {
  const converted: KubeObject[] = [];
  for (const objects of partsOf(of.objects))
    converted.push(...(await ask(deps, conversion, { ...of, objects, uid: deps.random.uuid() })));
  return converted;
};

function* partsOf(objects: readonly KubeObject[]): Generator<readonly KubeObject[]> {
  let part: KubeObject[] = [];
  let size = 0;
  for (const object of objects) {
    const { length } = textOf(object);
    if (part.length > 0 && size + length > LARGEST_QUESTION) {
      yield part;
      part = [];
      size = 0;
    }
    part.push(object);
    size += length;
  }
  if (part.length > 0) yield part;
}

const ask = async (
  { store, timeoutSeconds = DEFAULT_SECONDS }: ConversionDeps,
  { clientConfig }: WebhookConversion,
  question: ConversionQuestion,
): Promise<readonly KubeObject[]> => {
  let answer: unknown;
  try {
    const body = JSON.stringify(conversionReview(question));
    answer = await postToWebhook(store, clientConfig, { body, timeoutSeconds, largestAnswerBytes: LONGEST_ANSWER });
  } catch (thrown) {
    throw new ConversionFailed(`${failingKind(question)} failed: ${messageOf(thrown)}`);
  }
  try {
    return convertedObjects(question, answer);
  } catch (thrown) {
    throw new ConversionFailed(messageOf(thrown));
  }
};

/** Kubernetes gives no reason for it; for programs of this process it is one that may pass. */
class ConversionFailed extends ApiStatusError {
  constructor(message: string) {
    super('InternalError', message);
  }

  override toStatus(): StatusObject {
    const { reason: _reason, ...status } = super.toStatus();
    return status;
  }
}
