/**
 * Rules of volumes made of several sources.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validateProjectionSources
 */
import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, numberAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { filePathFindings } from '../findings.ts';
import { downwardFindings, keyFindings, modeFindings } from './volume-file-rules.ts';

const SOURCES = ['secret', 'configMap', 'downwardAPI', 'serviceAccountToken', 'clusterTrustBundle', 'podCertificate'];
const SHORTEST_TOKEN_SECONDS = 600;
const LONGEST_TOKEN_SECONDS = 2 ** 32;

/** Findings of a projected volume. */
export const projectedFindings = (volume: Draft, path: string): readonly FieldError[] => [
  ...modeFindings(volume, 'defaultMode', path),
  ...itemsAt(volume, 'sources').flatMap(([index, source]) => sourceFindings(source, path, index)),
  ...conflictFindings(volume, path),
];

const sourceFindings = (source: Draft, volume: string, index: number): readonly FieldError[] => {
  const at = `${volume}.sources[${index}]`;
  const given = SOURCES.filter((name) => source[name] !== undefined);
  return [
    ...(['secret', 'configMap'] as const).flatMap((kind) =>
      source[kind] === undefined
        ? []
        : [
            ...(textAt(objectAt(source, kind), 'name') === '' ? [requiredField(`${at}.${kind}.name`)] : []),
            ...keyFindings(objectAt(source, kind), `${at}.${kind}.items`),
          ],
    ),
    ...downwardFindings(objectAt(source, 'downwardAPI'), `${at}.downwardAPI`),
    ...(source['serviceAccountToken'] === undefined
      ? []
      : tokenFindings(objectAt(source, 'serviceAccountToken'), volume, `${at}.serviceAccountToken`)),
    ...(given.length > 1 ? [forbiddenField(at, 'may not specify more than 1 volume type per source')] : []),
  ];
};

/** The path of a token is told of the volume, as upstream does. */
const tokenFindings = (token: Draft, volume: string, path: string): readonly FieldError[] => {
  const seconds = numberAt(token, 'expirationSeconds');
  const file = textAt(token, 'path');
  return [
    ...(seconds !== undefined && seconds < SHORTEST_TOKEN_SECONDS
      ? [invalidField(`${path}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes')]
      : []),
    ...(seconds !== undefined && seconds > LONGEST_TOKEN_SECONDS
      ? [invalidField(`${path}.expirationSeconds`, seconds, 'may not specify a duration larger than 2^32 seconds')]
      : []),
    ...(file === '' ? [requiredField(`${volume}.path`)] : filePathFindings(`${volume}.path`, file)),
  ];
};

/** Two sources that write the same file; the later one is named. */
const conflictFindings = (volume: Draft, path: string): readonly FieldError[] => {
  const taken = new Set<string>();
  return itemsAt(volume, 'sources').flatMap(([, source]) =>
    (['secret', 'configMap', 'downwardAPI'] as const).flatMap((kind) =>
      itemsAt(objectAt(source, kind), 'items').flatMap(([, item]) => {
        const file = textAt(item, 'path');
        if (file === '' || !taken.has(file)) {
          taken.add(file);
          return [];
        }
        const name = kind === 'downwardAPI' ? file : textAt(objectAt(source, kind), 'name');
        return [invalidField(path, name, 'conflicting duplicate paths')];
      }),
    ),
  );
};
