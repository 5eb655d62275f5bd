/**
 * Runs Jsonnet programs of a tree, as go-jsonnet 0.21 runs them. Pure: files through the tree, nothing else; work,
 * memory and depth are bounded.
 * @spec https://jsonnet.org/ref/spec.html
 * @spec CD-DIR-06
 */
import { Failure, type Json } from '@argosy/base';

import type { Tree } from '../tree/tree.ts';
import { compileJsonnet } from './compile/compile.ts';
import { loadSources, type SourceFile, type Sources } from './load-imports.ts';
import { callFunction } from './runtime/call.ts';
import { DEFAULT_BUDGET, Machine, type JsonnetBudget } from './runtime/machine.ts';
import { Env, force, JsonnetFunction, Thunk, type CallArguments, type Lazy, type Value } from './runtime/values.ts';
import { writeJson } from './runtime/write-json.ts';
import { createLibrary } from './std/library.ts';
import { JsonnetProblem, toJsonnetFailure } from './syntax/jsonnet-failure.ts';

/** A variable given from outside: a text as it stands, or a program. */
export interface JsonnetVariable {
  readonly name: string;
  readonly value: string;
  readonly isCode: boolean;
}

/** How a program is run. */
export interface JsonnetOptions {
  /** What `std.extVar` gives. */
  readonly externalVariables?: readonly JsonnetVariable[];
  /** Arguments of the program, if it is a function. */
  readonly topLevelArguments?: readonly JsonnetVariable[];
  /** Folders of the tree in which imports are looked for, after the importing file's own; the last named first. */
  readonly libraries?: readonly string[];
  readonly budget?: Partial<JsonnetBudget>;
  /** Where `std.trace` writes. */
  readonly trace?: (line: string) => void;
}

/** What a program gives, as JSON text of Jsonnet's own layout, and as a value. */
export interface JsonnetResult {
  readonly text: string;
  readonly value: Json;
}

/**
 * Runs a file of a tree. Throws Failure: `JsonnetSyntax`, `JsonnetError` (the program's own, or of an operation),
 * `JsonnetImport`, `JsonnetBudget`, each with the place in the text; those of the tree.
 */
export const evaluateJsonnet = async (
  tree: Tree,
  path: string,
  options: JsonnetOptions = {},
): Promise<JsonnetResult> => {
  const text = new TextDecoder().decode(await tree.read(path));
  const given = [...(options.externalVariables ?? []), ...(options.topLevelArguments ?? [])];
  const programs = given.map((variable) => ({ path: nameOf(variable, path), text: variable.value, variable }));
  const sources = await loadSources(
    tree,
    [{ path, text }, ...programs.filter(({ variable }) => variable.isCode)],
    options.libraries ?? [],
  );
  const texts = new Map([...sources.files.values()].map((file) => [file.path, file.text] as const));
  try {
    return run(sources, path, options);
  } catch (thrown) {
    if (thrown instanceof JsonnetProblem) throw toJsonnetFailure(thrown, texts);
    if (thrown instanceof RangeError)
      throw new Failure(`${path}: max stack frames exceeded: does this recursion end?`, {
        code: 'JsonnetBudget',
        cause: thrown,
      });
    throw thrown;
  }
};

/** Code of variables stands, for its imports, in the folder of the program. */
const nameOf = (variable: JsonnetVariable, path: string): string => {
  const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
  return `${folder}<variable ${variable.name}>`;
};

const run = (sources: Sources, path: string, options: JsonnetOptions): JsonnetResult => {
  const machine = new Machine({ ...DEFAULT_BUDGET, ...options.budget }, options.trace ?? (() => undefined));
  const files = createFiles(machine, sources, externals(options));
  const given = (options.topLevelArguments ?? []).map(
    (variable) => [variable.name, files.variable(variable, path)] as const,
  );
  const program = force(files.program(path));
  const value = program instanceof JsonnetFunction ? callProgram(machine, program, { path, given }) : program;
  const text = writeJson(machine, value, { indent: '   ', newline: '\n' });
  // Written by us a moment ago.
  return { text: `${text}\n`, value: JSON.parse(text) as Json };

  function externals({ externalVariables = [] }: JsonnetOptions): (name: string) => Value | undefined {
    const byName = new Map(externalVariables.map((variable) => [variable.name, variable]));
    const values = new Map<string, Lazy>();
    return (name) => {
      const variable = byName.get(name);
      if (!variable) return undefined;
      const lazy = values.get(name) ?? files.variable(variable, path);
      values.set(name, lazy);
      return force(lazy);
    };
  }
};

/** What is wrong with the arguments stands at the program's begin: there is no call to point at. */
const callProgram = (
  machine: Machine,
  program: JsonnetFunction,
  of: { readonly path: string; readonly given: CallArguments['named'] },
): Value => {
  try {
    return callFunction(machine, program, { positional: [], named: of.given });
  } catch (thrown) {
    if (thrown instanceof JsonnetProblem) {
      thrown.place ??= { file: of.path, from: 0, to: 1 };
      thrown.through('called as a program, with the top-level arguments', undefined);
    }
    throw thrown;
  }
};

interface Files {
  /** What a file gives as a program; computed once. */
  program(path: string): Lazy;
  variable(variable: JsonnetVariable, path: string): Lazy;
}

const createFiles = (machine: Machine, sources: Sources, external: (name: string) => Value | undefined): Files => {
  const programs = new Map<string, Lazy>();
  const bytes = new Map<string, Value>();
  const program = (path: string): Lazy => {
    const known = programs.get(path);
    if (known !== undefined) return known;
    const made = compileFile(path);
    programs.set(path, made);
    return made;
  };
  const compileFile = (path: string): Lazy => {
    const root = sources.files.get(path)?.root;
    if (!root || root instanceof JsonnetProblem)
      throw root ?? new JsonnetProblem('JsonnetImport', `cannot read ${path}`);
    const scope = { names: ['std'], outer: undefined, hasSelf: false };
    const code = compileJsonnet(root, scope, (how, asked, place) => {
      const found = sources.find(path, asked);
      if (found instanceof JsonnetProblem) throw withPlace(found, place);
      if (how === 'importstr') return found.text;
      return how === 'import' ? force(program(found.path)) : bytesOf(found);
    });
    return new Thunk(code, Env.root(machine, [createLibrary(machine, { file: path, external })]));
  };
  const bytesOf = (file: SourceFile): Value => {
    const value = bytes.get(file.path) ?? [...file.bytes];
    bytes.set(file.path, value);
    return value;
  };
  return {
    program,
    variable: (variable, path) => (variable.isCode ? program(nameOf(variable, path)) : variable.value),
  };
};

const withPlace = (found: JsonnetProblem, place: JsonnetProblem['place']): JsonnetProblem => {
  const placed = new JsonnetProblem(found.code, found.message, found.place ?? place);
  return placed;
};
