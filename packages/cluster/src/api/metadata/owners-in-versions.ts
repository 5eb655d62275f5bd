/**
 * Owners of fields speak of the version they wrote in. Who asks whether somebody else's fields change asks it of that
 * version, whatever version the change is made in.
 * @upstream kubernetes staging/src/k8s.io/apimachinery/pkg/util/managedfields/internal/versionconverter.go
 */
import { isEqual } from '@argosy/base';
import { pruneUnknown, toApiVersion, type KubeObject, type OtherVersions, type StructuralSchema } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import type { ApiContext } from '../api-context.ts';
import { served } from '../reads/served-object.ts';

/** Answers of a webhook that converts, for one write. */
export type ConvertedAnswers = {
  readonly object: KubeObject;
  readonly apiVersion: string;
  readonly answer: KubeObject;
}[];

/** An object has to be seen in another version, and only a webhook knows how it looks there. */
export class ConversionWanted extends Error {
  readonly object: KubeObject;
  readonly from: ServedKind;
  readonly to: ServedKind;
  readonly answers: ConvertedAnswers;

  constructor(wanted: Pick<ConversionWanted, 'object' | 'from' | 'to' | 'answers'>) {
    super(`wanted: ${wanted.object.kind} in ${toApiVersion(wanted.to)}`);
    this.object = wanted.object;
    this.from = wanted.from;
    this.to = wanted.to;
    this.answers = wanted.answers;
  }
}

/**
 * The other versions of a kind that are served. Converting throws ConversionWanted where a webhook has to be asked and
 * `answers` does not have it yet.
 */
export const ownersInVersions = (
  { registry }: Pick<ApiContext, 'registry'>,
  kind: ServedKind,
  of: { readonly schemaOf: (kind: ServedKind) => StructuralSchema; readonly answers: ConvertedAnswers },
): OtherVersions => {
  const find = (apiVersion: string): ServedKind | undefined =>
    registry
      .all()
      .find((one) => one.storage === kind.storage && one.kind === kind.kind && toApiVersion(one) === apiVersion);
  return {
    schemaOf: (apiVersion) => {
      const found = find(apiVersion);
      return found && of.schemaOf(found);
    },
    convert: (value, apiVersion) => {
      // Whatever is converted is an object of the kind, or what is left of one.
      const object = value as KubeObject;
      const [from, to] = [find(object.apiVersion), find(apiVersion)];
      if (!from || !to) return object;
      return from.conversion || to.conversion
        ? answered({ object, from, to, answers: of.answers })
        : plainly(object, from, to);
    },
  };
};

/** Runs a step of a write, asking webhooks for what it turns out to want. */
export const withConversions = async <T>(context: ApiContext, step: () => T): Promise<T> => {
  for (let asked = 0; ; asked += 1) {
    try {
      return step();
    } catch (thrown) {
      if (!(thrown instanceof ConversionWanted) || asked >= MOST_ASKED) throw thrown;
      const { object, from, to, answers } = thrown;
      const answer = await context.conversions.between(object, from, to);
      answers.push({ object, apiVersion: toApiVersion(to), answer });
    }
  }
};

/** Some objects in some versions each; a write that wants more does not come to an end. */
const MOST_ASKED = 64;

const answered = (wanted: Pick<ConversionWanted, 'object' | 'from' | 'to' | 'answers'>): KubeObject => {
  const apiVersion = toApiVersion(wanted.to);
  const known = wanted.answers.find((one) => one.apiVersion === apiVersion && isEqual(one.object, wanted.object));
  if (!known) throw new ConversionWanted(wanted);
  return known.answer;
};

/** Custom kinds change their version and lose what it does not know; built-in ones know how they are stored. */
const plainly = (object: KubeObject, from: ServedKind, to: ServedKind): KubeObject => {
  const apiVersion = toApiVersion(to);
  if (!to.custom) return served(to, from.strategy.toStored?.(object) ?? object);
  const renamed = { ...object, apiVersion };
  return to.schema ? (pruneUnknown(to.schema, renamed) as KubeObject) : renamed;
};
