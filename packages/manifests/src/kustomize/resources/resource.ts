/**
 * An object on its way through a build: the document and what Kustomize remembers of it. Upstream keeps the latter in
 * annotations that it takes off at the end; here it stands beside the document.
 * @upstream sigs.k8s.io/kustomize/api/resource/resource.go
 */
import { parseApiVersion } from '@argosy/kube';

import { copyMap, isMap, isMissing, memberOf, setMember, textOf, valueAt, type MapValue } from '../document/value.ts';
import type { Origin } from './origin.ts';
import { createResourceId, scopeOf, type ResourceId } from './resource-id.ts';

/** How a generated object relates to one that is already there. */
export type Behavior = 'unspecified' | 'create' | 'replace' | 'merge';

/** What an object was called before. */
interface PreviousName {
  readonly kind: string;
  readonly name: string;
  readonly scope: string;
}

/** An object of a build. It is changed in place; a deleted one has no document. */
export class Resource {
  document: MapValue | undefined;
  /** Prefixes and suffixes its name got, innermost first. */
  readonly prefixes: string[] = [];
  readonly suffixes: string[] = [];
  /** Vars that take their value from it. */
  varNames: readonly string[] = [];
  behavior: Behavior = 'unspecified';
  needsHash = false;
  /** What a patch may change besides. */
  mayChangeName = false;
  mayChangeKind = false;
  origin: Origin | undefined;
  transformations: readonly Origin[] = [];
  private readonly previous: PreviousName[] = [];

  constructor(document: MapValue) {
    this.document = document;
  }

  get apiVersion(): string {
    return textOf(memberOf(this.document, 'apiVersion'));
  }

  get kind(): string {
    return textOf(memberOf(this.document, 'kind'));
  }

  get name(): string {
    return textOf(valueAt(this.document, 'metadata', 'name'));
  }

  get namespace(): string {
    return textOf(valueAt(this.document, 'metadata', 'namespace'));
  }

  get id(): ResourceId {
    return createResourceId(this);
  }

  /** What it was called before, oldest first. */
  get previousIds(): readonly ResourceId[] {
    if (this.previous.length === 0) return [];
    const gvk = parseApiVersion(this.apiVersion);
    return this.previous.map(({ kind, name, scope }) => ({ ...gvk, kind, name, namespace: scope, scope }));
  }

  /** What it was called at first. */
  get originalId(): ResourceId {
    return this.previousIds[0] ?? this.id;
  }

  /** Everything it is and was called. */
  get allIds(): readonly ResourceId[] {
    return [...this.previousIds, this.id];
  }

  /** Whether upstream would have an annotation on it by now, which JSON patches can see. */
  get isMarked(): boolean {
    return (
      this.previous.length > 0 ||
      this.needsHash ||
      this.behavior !== 'unspecified' ||
      this.origin !== undefined ||
      this.prefixes.length + this.suffixes.length > 0
    );
  }

  /** Remembers what it is called now, before that changes. */
  rememberName(): void {
    const { kind, name, scope } = this.id;
    const last = this.previous.at(-1);
    // Said once, whatever the number of patches: everything looks through these names.
    const isSaid = last?.kind === kind && last.name === name && last.scope === scopeOf(scope);
    if (!isSaid) this.previous.push({ kind, name, scope: scopeOf(scope) });
  }

  /** Forgets where it came from. */
  forgetOrigin(): void {
    this.origin = undefined;
    this.transformations = [];
  }

  setName(name: string): void {
    this.setMetadata('name', name);
  }

  /** Sets the namespace; an empty one is taken away. */
  setNamespace(namespace: string): void {
    if (namespace !== '') this.setMetadata('namespace', namespace);
    else {
      const metadata = memberOf(this.document, 'metadata');
      if (isMap(metadata)) delete metadata['namespace'];
    }
  }

  setKind(kind: string): void {
    if (this.document) setMember(this.document, 'kind', kind);
  }

  setApiVersion(apiVersion: string): void {
    if (this.document) setMember(this.document, 'apiVersion', apiVersion);
  }

  /** Labels or annotations as text by name. */
  textsOf(field: 'labels' | 'annotations'): ReadonlyMap<string, string> {
    const map = valueAt(this.document, 'metadata', field);
    return new Map(isMap(map) ? Object.keys(map).map((name) => [name, textOf(map[name])] as const) : []);
  }

  /** Replaces labels or annotations; none takes the field away. */
  setTexts(field: 'labels' | 'annotations', texts: ReadonlyMap<string, string>): void {
    const metadata = this.metadata();
    if (!metadata) return;
    delete metadata[field];
    if (texts.size === 0) return;
    const map: MapValue = {};
    for (const [name, text] of texts) setMember(map, name, text);
    metadata[field] = map;
  }

  /** A copy that shares nothing that changes. */
  copy(): Resource {
    const copy = new Resource(copyMap(this.document ?? {}));
    copy.previous.push(...this.previous);
    copy.prefixes.push(...this.prefixes);
    copy.suffixes.push(...this.suffixes);
    copy.takeMarksOf(this);
    copy.behavior = this.behavior;
    copy.needsHash = this.needsHash;
    copy.mayChangeName = this.mayChangeName;
    copy.mayChangeKind = this.mayChangeKind;
    copy.origin = this.origin;
    copy.transformations = this.transformations;
    return copy;
  }

  /** Takes the place of another object: its names, labels and annotations, where it has none of its own. */
  takeIdentityOf(other: Resource): void {
    this.setTexts('labels', new Map([...other.textsOf('labels'), ...this.textsOf('labels')].sort(byName)));
    this.setTexts(
      'annotations',
      new Map([...other.textsOf('annotations'), ...this.textsOf('annotations')].sort(byName)),
    );
    this.setName(other.name);
    this.setNamespace(other.namespace);
    this.previous.splice(0, this.previous.length, ...other.previous);
    this.prefixes.splice(0, this.prefixes.length, ...other.prefixes);
    this.suffixes.splice(0, this.suffixes.length, ...other.suffixes);
    this.behavior = other.behavior;
    this.needsHash &&= other.needsHash;
    this.origin ??= other.origin;
    this.takeMarksOf(other);
  }

  private takeMarksOf(other: Resource): void {
    this.varNames = other.varNames;
  }

  private metadata(): MapValue | undefined {
    if (!this.document) return undefined;
    const metadata = memberOf(this.document, 'metadata');
    if (isMap(metadata)) return metadata;
    if (!isMissing(metadata)) return undefined;
    const made: MapValue = {};
    setMember(this.document, 'metadata', made);
    return made;
  }

  private setMetadata(field: string, text: string): void {
    const metadata = this.metadata();
    if (metadata) setMember(metadata, field, text);
  }
}

const byName = (left: readonly [string, string], right: readonly [string, string]): number =>
  left[0] < right[0] ? -1 : Number(left[0] > right[0]);
