/**
 * In which form a client takes answers: JSON, indented JSON or YAML; a client that takes none of them is told so before
 * anything is done for it.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/negotiation/negotiate.go
 */
import type { IncomingHttpHeaders } from 'node:http';

import { ApiStatusError } from '@argosy/kube';

import { isForPeople } from '../bodies/readable-json.ts';

/** How an answer is written. */
export interface AnswerForm {
  /** For people: indented. */
  readonly isIndented: boolean;
  readonly isYaml?: boolean;
  readonly warnings?: readonly string[];
}

/** What a client takes that takes one of these. Who sends protobuf reads JSON as well. */
const SERVED: ReadonlySet<string> = new Set([
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/*',
  '*/*',
]);

/** What an object can be turned into: the values of the parameter `as`. */
const SHAPES: ReadonlySet<string> = new Set([
  'Table',
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
  'APIGroupDiscoveryList',
]);

/** The form of the answers to a request, with these warnings. */
export const answerFormOf = (
  target: string,
  headers: IncomingHttpHeaders,
  warnings: readonly string[] = [],
): AnswerForm => ({
  isIndented: isForPeople(target, headers),
  isYaml: wantsYaml(headers.accept ?? ''),
  warnings,
});

/** Throws NotAcceptable for a client that can read nothing this server says. */
export const checkAcceptable = (accept: string): void => {
  if (isPlain(accept) || accept.split(',').some(isServed)) return;
  throw new ApiStatusError(
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf',
  );
};

/** Most clients say no more than that, and every request is asked. */
const isPlain = (accept: string): boolean =>
  accept === '' || accept === '*/*' || accept === 'application/json' || accept === 'application/json, */*';

const isServed = (clause: string): boolean => {
  const [type = '', ...parameters] = clause.split(';').map((part) => part.trim());
  const shape = parameters.find((parameter) => parameter.startsWith('as='))?.slice('as='.length);
  return SERVED.has(type.toLowerCase()) && (shape === undefined || SHAPES.has(shape));
};

/** The first media type that is served decides, as clients list what they like best first. */
const wantsYaml = (accept: string): boolean =>
  accept.includes('yaml') && (accept.split(',').find(isServed) ?? '').trim().startsWith('application/yaml');
