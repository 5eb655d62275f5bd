/**
 * YAML documents as Kustomize reads manifests and patches.
 * @upstream sigs.k8s.io/kustomize/kyaml/kio/byteio_reader.go
 */
import yaml from 'js-yaml';

import { Failure } from '@argosy/base';

import { BINARY_TYPE, describeYamlProblem } from '../../yaml/yaml-reader.ts';
import { parsePlain } from './plain-scalar.ts';
import { isMap, isNull, setMember, StyledText, type MapValue, type Value } from './value.ts';

/** Most documents of one file, deepest nesting and most values: beyond, it is an attack and not a manifest. */
const MOST_DOCUMENTS = 10_000;
const DEEPEST = 200;
const MOST_VALUES = 2_000_000;

/**
 * Reads the documents of a text; those that say nothing are left out. Aliases become copies. Throws Failure
 * `InvalidYAML` naming the file and line.
 */
export const readDocuments = (text: string, file: string): readonly Value[] => {
  const documents: Value[] = [];
  try {
    const input = text.startsWith('\uFEFF') ? text.slice(1) : text;
    const isShared = input.includes('&') && input.includes('*') && ANCHOR.test(input) && ALIAS.test(input);
    const budget = { values: MOST_VALUES };
    const starts: number[] = [];
    // Where nodes begin is asked for folded texts only.
    const mayFold = input.includes('>');
    const listener = (event: string, state: ReaderState): void => {
      if (event !== 'open') noteStyle(state, starts.pop() ?? 0, input.length);
      else if (mayFold) starts.push(state.position);
    };
    yaml.loadAll(
      input,
      (document) => {
        if (documents.length >= MOST_DOCUMENTS) throw new Error(`more than ${MOST_DOCUMENTS} documents`);
        // The schema below constructs nothing else.
        const value = (document ?? null) as Value;
        if (!isNull(value)) documents.push(isShared ? unshare(value, budget) : value);
      },
      { schema: SCHEMA, filename: file, maxDepth: DEEPEST, listener: listener as never } as yaml.LoadOptions,
    );
    return documents;
  } catch (thrown) {
    throw new Failure(`${file}: ${describeYamlProblem(thrown)}`, { code: 'InvalidYAML', cause: thrown });
  }
};

/** What the reader knows when a node ends. */
interface ReaderState {
  /** Only plain scalars and those with a tag have one. */
  readonly tag: string | null;
  readonly kind: string | null;
  readonly input: string;
  readonly position: number;
  result: unknown;
}

/**
 * Marks texts that are not plain. The reader adds a newline to a text that lacks one at its end; a block that ends there
 * must not have it.
 */
const noteStyle = (state: ReaderState, start: number, length: number): void => {
  if (state.tag !== null || typeof state.result !== 'string') return;
  const isCutOff = state.position > length && state.result.endsWith('\n');
  const text = isCutOff ? state.result.slice(0, -1) : state.result;
  state.result = new StyledText(text, text.includes('\n') && isFoldedAt(state.input, start));
};

/** Blanks, remarks and an anchor may stand before the sign of a folded block. */
const FOLDED = /\s*(?:#[^\n]*\n\s*)*(?:&\S+\s+)?>/y;

const isFoldedAt = (input: string, start: number): boolean => {
  FOLDED.lastIndex = start;
  return FOLDED.test(input);
};

/** What may be an anchor and an alias; in prose they may be met as well, which costs a copy and no more. */
const ANCHOR = /(?:^|[:?,[{-])[ \t]*&[^\s,[\]{}]/m;
const ALIAS = /(?:^|[:?,[{-])[ \t]*\*[^\s,[\]{}]/m;

/** Whether a string would be nothing else when written plainly. */
const isPlainValue = (text: unknown): boolean => {
  if (typeof text !== 'string') return text === null;
  // Quick: nearly all scalars are words.
  const first = text.charCodeAt(0);
  const mayBe =
    (first >= 0x2b && first <= 0x39) || first === 0x7e || 'tTfFnN'.includes(text[0] ?? '!') || text.length === 0;
  return mayBe && typeof parsePlain(text) !== 'string';
};

const plainType = new yaml.Type('tag:argosy.dev,2024:plain', {
  kind: 'scalar',
  resolve: isPlainValue,
  construct: (text: string | null) => parsePlain(text ?? ''),
});
const mergeType = new yaml.Type('tag:yaml.org,2002:merge', {
  kind: 'scalar',
  resolve: (text: unknown) => text === '<<' || text === null,
});
/** A tag that says what the text already says, or that nobody knows. */
const anyTag = (tag: string, kind: 'scalar' | 'sequence' | 'mapping') =>
  new yaml.Type(tag, {
    kind,
    multi: true,
    construct: (value: unknown) => (kind === 'scalar' && typeof value === 'string' ? parsePlain(value) : value),
  });
const SCHEMA = yaml.FAILSAFE_SCHEMA.extend({
  implicit: [mergeType, plainType],
  explicit: [
    BINARY_TYPE,
    ...(['scalar', 'sequence', 'mapping'] as const).flatMap((kind) => [
      anyTag('!', kind),
      ...['int', 'float', 'bool', 'null', 'timestamp'].map((name) => anyTag(`tag:yaml.org,2002:${name}`, kind)),
    ]),
  ],
});

/** Aliases make one node stand in many places: counting visits keeps "billion laughs" finite. */
const unshare = (value: Value, budget: { values: number }): Value => {
  budget.values -= 1;
  if (budget.values < 0) throw new Error(`more than ${MOST_VALUES} values, aliases expanded`);
  if (Array.isArray(value)) return value.map((item) => unshare(item, budget));
  if (!isMap(value)) return value;
  const copy: MapValue = {};
  for (const name of Object.keys(value)) setMember(copy, name, unshare(value[name] ?? null, budget));
  return copy;
};
