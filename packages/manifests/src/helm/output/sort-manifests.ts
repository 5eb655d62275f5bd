/**
 * Rendered texts as manifests, in the order in which Helm installs them; hooks apart.
 * @upstream helm pkg/releaseutil/manifest_sorter.go, kind_sorter.go, manifest.go
 */
import { Failure, isObject, messageOf } from '@argosy/base';
import { compareText } from '@argosy/expressions';

import { parseYamlDocuments } from '../../yaml/parse-manifests.ts';
import { jsonTypeOf, textOfScalar } from '../chart/typed-fields.ts';
import type { HelmCache } from '../helm-cache.ts';
import { isPartial } from '../engine/render-templates.ts';
import { isSameAsJson } from './same-as-json.ts';

/** One manifest. */
export interface HelmManifest {
  /** The template it came from. */
  readonly source: string;
  readonly text: string;
  readonly kind: string;
  /** What the text says; null when it says nothing, and absent when nobody wants to know. */
  readonly document: unknown;
  /** Events of a hook; absent for what is no hook. */
  readonly hookEvents?: readonly string[];
}

/** Manifests and hooks, each sorted. */
export interface SortedManifests {
  readonly manifests: readonly HelmManifest[];
  readonly hooks: readonly HelmManifest[];
}

const HOOK = 'helm.sh/hook';
const HOOK_EVENTS = new Set(
  `pre-install post-install pre-delete post-delete pre-upgrade post-upgrade pre-rollback post-rollback test test-success`.split(
    ' ',
  ),
);

/** @upstream helm pkg/releaseutil/kind_sorter.go#InstallOrder */
const INSTALL_ORDER = new Map(
  `PriorityClass Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget
ServiceAccount Secret SecretList ConfigMap StorageClass PersistentVolume PersistentVolumeClaim
CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding ClusterRoleBindingList Role RoleList
RoleBinding RoleBindingList Service DaemonSet Pod ReplicationController ReplicaSet Deployment
HorizontalPodAutoscaler StatefulSet Job CronJob IngressClass Ingress APIService`
    .split(/\s+/)
    .map((kind, at): [string, number] => [kind, at]),
);

/** How texts are sorted. */
export interface SortOptions {
  readonly warn: (warning: string) => void;
  readonly cache: HelmCache;
  /** Whether documents are wanted; texts alone are read once only. */
  readonly wantsDocuments: boolean;
}

/** Splits and sorts. Throws Failure `InvalidYAML` naming the template whose text is no manifest. */
export const sortManifests = (texts: ReadonlyMap<string, string>, options: SortOptions): SortedManifests => {
  const manifests: HelmManifest[] = [];
  const hooks: HelmManifest[] = [];
  for (const source of [...texts.keys()].sort(compareText)) {
    if (isPartial(source)) continue;
    for (const text of splitManifests(texts.get(source) ?? '')) {
      const head = knownHead(text, source, options);
      const manifest: HelmManifest = { source, text, kind: head.kind, document: head.document };
      if (head.hook === undefined) manifests.push(manifest);
      else {
        const hookEvents = head.hook.split(',').map((event) => event.trim().toLowerCase());
        if (hookEvents.every((event) => HOOK_EVENTS.has(event))) hooks.push({ ...manifest, hookEvents });
        else options.warn(`info: skipping unknown hook: ${JSON.stringify(head.hook)}`);
      }
    }
  }
  return { manifests: manifests.sort(compareKinds), hooks: hooks.sort(compareKinds) };
};

/** Cuts a text at its `---` lines, wherever they stand; what is blank is dropped. */
export const splitManifests = (text: string): readonly string[] =>
  splitAtMarkers(trimSpace(text))
    .filter((part) => part !== '')
    .map(trimSpace);

/** Go's strings.TrimSpace: JavaScript's also takes byte order marks. By hand, as expressions try every inner space. */
export const trimSpace = (text: string): string => {
  let [start, end] = [0, text.length];
  while (start < end && SPACE.has(text.charCodeAt(start))) start += 1;
  while (end > start && SPACE.has(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
};

const codesOf = (text: string): ReadonlySet<number> => new Set([...text].map((character) => character.charCodeAt(0)));
const SPACE = codesOf(
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
);
/** `\s` of Go's expressions. */
const EXPRESSION_SPACE = codesOf('\t\n\f\r ');
const MARKER = '---';

/** Go's split by `(?:^|\s*\n)---\s*`. */
const splitAtMarkers = (text: string): readonly string[] => {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf(MARKER); at >= 0; at = text.indexOf(MARKER, at)) {
    const beginsLine = at === 0 || (at > from && text[at - 1] === '\n');
    if (!beginsLine) {
      at += 1;
      continue;
    }
    let start = at;
    while (start > from && EXPRESSION_SPACE.has(text.charCodeAt(start - 1))) start -= 1;
    parts.push(text.slice(from, start));
    at += MARKER.length;
    while (EXPRESSION_SPACE.has(text.charCodeAt(at))) at += 1;
    from = at;
  }
  return [...parts, text.slice(from)];
};

interface Head {
  readonly kind: string;
  readonly document: unknown;
  readonly hook: string | undefined;
}

/** The head of a text that was read before, as it was; documents are their readers' own, each time new. */
const knownHead = (text: string, source: string, { cache, wantsDocuments }: SortOptions): Head => {
  const known = cache.manifests.get(text);
  if (known && !wantsDocuments) return { ...known, document: undefined };
  if (known?.json !== undefined) return { ...known, document: JSON.parse(known.json) };
  const head = readHead(text, source);
  const { kind, hook, document } = head;
  const isKept = wantsDocuments && isSameAsJson(text);
  cache.manifests.set(text, { kind, hook, json: isKept ? JSON.stringify(document) : undefined });
  return head;
};

const readHead = (text: string, source: string): Head => {
  const refuse = (problem: string, cause?: unknown): Failure =>
    new Failure(`YAML parse error on ${source}: ${problem}`, { code: 'InvalidYAML', cause });
  const document = readDocument(text, source, refuse);
  if (document === null) return { kind: '', document, hook: undefined };
  const wrong = (value: unknown, field: string, type: string): Failure =>
    refuse(
      `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${jsonTypeOf(value)} into Go ${field} of type ${type}`,
    );
  const textOf = (value: unknown, field: string): string => {
    const text = textOfScalar(value ?? null);
    if (text === undefined) throw wrong(value, `struct field ${field}`, 'string');
    return text;
  };
  if (!isObject(document)) throw wrong(document, 'value', 'releaseutil.SimpleHead');
  textOf(document['apiVersion'], 'SimpleHead.apiVersion');
  const kind = textOf(document['kind'], 'SimpleHead.kind');
  const metadata = document['metadata'] ?? {};
  if (!isObject(metadata)) throw wrong(metadata, 'struct field SimpleHead.metadata', 'struct');
  textOf(metadata['name'], 'SimpleHead.metadata.name');
  const annotations = metadata['annotations'] ?? {};
  if (!isObject(annotations))
    throw wrong(annotations, 'struct field SimpleHead.metadata.annotations', 'map[string]string');
  for (const value of Object.values(annotations)) textOf(value, 'SimpleHead.metadata.annotations');
  const hook = annotations[HOOK];
  return { kind, document, hook: hook === undefined ? undefined : textOf(hook, 'SimpleHead.metadata.annotations') };
};

const readDocument = (text: string, source: string, refuse: (problem: string, cause: unknown) => Failure): unknown => {
  try {
    return parseYamlDocuments(text, source)[0] ?? null;
  } catch (thrown) {
    const problem = messageOf(thrown).replace(`${source}: `, '');
    throw refuse(`error converting YAML to JSON: yaml: ${problem}`, thrown);
  }
};

/** Kinds Helm knows in its order, the others after them by name; equal ones stay as they came. */
const compareKinds = (left: HelmManifest, right: HelmManifest): number => {
  const [first, second] = [INSTALL_ORDER.get(left.kind), INSTALL_ORDER.get(right.kind)];
  if (first === undefined && second === undefined) return compareText(left.kind, right.kind);
  if (first === undefined || second === undefined) return first === undefined ? 1 : -1;
  return first - second;
};
