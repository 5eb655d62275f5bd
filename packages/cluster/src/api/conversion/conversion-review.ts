/**
 * What conversion webhooks are asked and what they may answer, in Kubernetes' words.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go
 * @spec https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#webhook-request-and-response
 */
import { isObject } from '@argosy/base';
import { parseApiVersion, validateAnnotations, validateLabels, type KubeObject } from '@argosy/kube';

/** A question to a webhook. */
export interface ConversionQuestion {
  readonly uid: string;
  /** The apiVersion wanted. */
  readonly desired: string;
  /** All of one kind; at least one. */
  readonly objects: readonly KubeObject[];
}

const REVIEW = 'apiextensions.k8s.io/v1';

/** The question as it is sent. */
export const conversionReview = ({ uid, desired, objects }: ConversionQuestion): unknown => ({
  apiVersion: REVIEW,
  kind: 'ConversionReview',
  request: { uid, desiredAPIVersion: desired, objects },
});

/** The objects of an answer, in the order asked, with their own metadata but for labels and annotations. Throws Error. */
export const convertedObjects = (question: ConversionQuestion, answer: unknown): readonly KubeObject[] => {
  const of = failingKind(question);
  const converted = objectsOf(question, answer);
  const { length } = question.objects;
  if (converted.length !== length) throw new Error(`${of} returned ${converted.length} objects, expected ${length}`);
  return question.objects.map((original, at) => {
    const object = converted[at];
    const problem = versionProblem(question, object);
    // One object is told of in other words than one of many.
    const one = length === 1 ? 'invalid object' : 'invalid converted object';
    if (problem) throw new Error(`${of} returned ${one} at index ${at}: ${problem}`);
    const difference = differenceOf(original, object as KubeObject);
    if (difference) throw new Error(`${of} returned ${one}${length === 1 ? '' : ` at index ${at}`}: ${difference}`);
    return withOwnMetadata(question, { original, converted: object as KubeObject, at });
  });
};

/** Whose conversion fails, e.g. `conversion webhook for example.com/v1, Kind=Widget`. */
export const failingKind = ({ objects }: ConversionQuestion): string =>
  `conversion webhook for ${objects[0]?.apiVersion}, Kind=${objects[0]?.kind}`;

const objectsOf = (question: ConversionQuestion, answer: unknown): readonly unknown[] => {
  const fail = (why: string): never => {
    throw new Error(`${failingKind(question)} failed: ${why}`);
  };
  if (!isObject(answer)) return fail('the answer is no object');
  const { apiVersion, kind, response } = answer;
  if (apiVersion !== REVIEW || kind !== 'ConversionReview')
    return fail(`expected webhook response of ${gvk(REVIEW, 'ConversionReview')}, got ${gvk(apiVersion, kind)}`);
  if (!isObject(response)) return fail('no response provided');
  if (response['uid'] !== question.uid)
    return fail(`expected response.uid=${JSON.stringify(question.uid)}, got ${JSON.stringify(response['uid'] ?? '')}`);
  const result = isObject(response['result']) ? response['result'] : {};
  if (result['status'] !== 'Success')
    return fail(
      typeof result['message'] === 'string' && result['message'] !== ''
        ? result['message']
        : `response.result.status was '${text(result['status'])}', not 'Success'`,
    );
  const objects = response['convertedObjects'];
  return Array.isArray(objects) ? (objects as readonly unknown[]) : [];
};

const gvk = (apiVersion: unknown, kind: unknown): string => `${text(apiVersion)}, Kind=${text(kind)}`;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const versionProblem = ({ desired }: ConversionQuestion, converted: unknown): string | undefined => {
  if (!isObject(converted) || !isObject(converted['metadata'])) return 'missing metadata in converted object';
  if (converted['apiVersion'] !== desired)
    return `invalid groupVersion (expected ${desired}, received ${describeVersion(converted['apiVersion'])})`;
  return undefined;
};

const differenceOf = (original: KubeObject, converted: KubeObject): string | undefined => {
  const differs = (what: string, before: unknown, after: unknown): string | undefined =>
    text(before) === text(after) ? undefined : `must have the same ${what}: ${text(before)} != ${text(after)}`;
  const { name, namespace, uid } = converted.metadata;
  return (
    differs('kind', original.kind, converted.kind) ??
    differs('name', original.metadata.name, name) ??
    differs('namespace', original.metadata.namespace, namespace) ??
    differs('UID', original.metadata.uid, uid)
  );
};

const describeVersion = (apiVersion: unknown): string => {
  const { group, version } = parseApiVersion(text(apiVersion));
  return group === '' ? version : `${group}/${version}`;
};

/** A webhook decides about labels and annotations alone; whatever else it does to metadata is not heard. */
const withOwnMetadata = (
  question: ConversionQuestion,
  of: { readonly original: KubeObject; readonly converted: KubeObject; readonly at: number },
): KubeObject => {
  const { labels, annotations } = of.converted.metadata;
  const { labels: _labels, annotations: _annotations, ...own } = of.original.metadata;
  const findings = [
    ...(isTexts(labels)
      ? validateLabels(labels, 'metadata.labels')
      : [{ field: 'metadata.labels', message: 'must be a map of texts' }]),
    ...(isTexts(annotations)
      ? validateAnnotations(annotations, 'metadata.annotations')
      : [{ field: 'metadata.annotations', message: 'must be a map of texts' }]),
  ];
  if (findings.length > 0)
    throw new Error(
      `${failingKind(question)} returned invalid metadata${question.objects.length === 1 ? '' : ` in object at index ${of.at}`}: ${findings.map(({ field, message }) => `${field}: ${message}`).join(', ')}`,
    );
  const metadata = { ...own, ...kept('labels', labels), ...kept('annotations', annotations) };
  return { ...of.converted, metadata };
};

const isTexts = (map: unknown): boolean =>
  map === undefined ||
  map === null ||
  (isObject(map) && Object.values(map).every((value) => typeof value === 'string'));

const kept = <K extends string, V extends object>(name: K, map: V | null | undefined): object =>
  map && Object.keys(map).length > 0 ? { [name]: map } : {};
