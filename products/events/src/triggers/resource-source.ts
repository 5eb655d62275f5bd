/**
 * The object a trigger creates or changes, from where its source says, with the parameters written in.
 * @spec EV-TRG-14, EV-TRG-12
 */
import { load } from 'js-yaml';

import { Failure, isObject, messageOf, type Json } from '@argosy/base';
import type { UnstructuredObject } from '@argosy/kube';

import { readConfigMapKey } from '../adapters/read-secret.ts';
import type { TriggerParameter, TriggerSource } from '../api/trigger-schema.ts';
import { applyParameters } from '../parameters/apply-parameters.ts';
import type { TriggerContext, TriggerDeps } from './trigger-context.ts';

/** Reads the object of a source. Throws Failure `InvalidTrigger` when it is not one. */
export const readTriggerObject = async (
  deps: TriggerDeps,
  context: TriggerContext,
  source: TriggerSource,
): Promise<UnstructuredObject> => {
  if (source.inline !== undefined) return toObject(parseText(source.inline, 'source.inline'), 'source.inline');
  if (source.configmap) {
    const text = await readConfigMapKey(deps.client, context.sensor.metadata.namespace ?? '', source.configmap);
    if (!text.ok) throw invalid(`source.configmap: ${text.error}`);
    return toObject(parseText(text.value, 'source.configmap'), 'source.configmap');
  }
  return toObject(source.resource, 'source.resource');
};

/** Writes parameters into an object. Throws Failure `InvalidTrigger` when one cannot be written. */
export const withParametersApplied = (
  object: UnstructuredObject,
  parameters: readonly TriggerParameter[] | undefined,
  context: TriggerContext,
): UnstructuredObject => {
  // Everything in an object of the API is JSON.
  const applied = applyParameters(object as unknown as Json, parameters ?? [], context.firing.events);
  if (!applied.ok) throw invalid(applied.error);
  return toObject(applied.value, 'the object with its parameters');
};

/** What is wrong with a trigger and stays wrong. */
export const invalid = (message: string): Failure => new Failure(message, { code: 'InvalidTrigger' });

const parseText = (text: string, place: string): unknown => {
  try {
    return load(text);
  } catch (thrown) {
    throw invalid(`${place}: not YAML: ${messageOf(thrown).split('\n')[0] ?? ''}`);
  }
};

const toObject = (value: unknown, place: string): UnstructuredObject => {
  if (!isObject(value)) throw invalid(`${place}: not an object`);
  const { apiVersion, kind, metadata } = value;
  if (typeof apiVersion !== 'string' || apiVersion === '') throw invalid(`${place}.apiVersion: must be given`);
  if (typeof kind !== 'string' || kind === '') throw invalid(`${place}.kind: must be given`);
  // What is inside is for the API server to judge.
  return { ...value, apiVersion, kind, metadata: isObject(metadata) ? metadata : {} } as UnstructuredObject;
};
