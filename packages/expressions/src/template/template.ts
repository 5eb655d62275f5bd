/**
 * The door of this folder: Go's text/template, compiled once and rendered many times. Pure: clock and random numbers
 * come as ports, work is bounded by a budget.
 * @spec https://pkg.go.dev/text/template
 */
import { fail, ok, type Result } from '@argosy/base';

import { quoteGo } from './format/quote.ts';
import { GO_BUILTINS } from './functions/builtins.ts';
import { toWellFormed } from './go-text.ts';
import type { TemplateTree } from './parse/nodes.ts';
import { TemplateParseError } from './parse/parse-error.ts';
import { isBlank, parseTemplate } from './parse/parse.ts';
import type { Delimiters } from './parse/tokenize.ts';
import { BudgetMeter, DEFAULT_TEMPLATE_BUDGET, type TemplateBudget } from './run/budget.ts';
import { TemplateFailure } from './run/failure.ts';
import type { Frame, MissingKey, Render } from './run/frame.ts';
import { runTree } from './run/walk.ts';
import {
  toGoValue,
  type CallContext,
  type GoFunctions,
  type GoFunction,
  type GoValue,
  type TemplatePorts,
} from './values.ts';

/** How texts become templates. */
export interface CompileOptions {
  /** Functions beside Go's own; one of the same name wins. Unknown names do not compile. */
  readonly functions?: GoFunctions;
  /** `{{` and `}}` unless told. */
  readonly delimiters?: Delimiters;
}

/** A text with its name; errors name it. */
export interface TemplateFile {
  readonly name: string;
  readonly text: string;
}

/** A compiled set of templates: that of its own name, and those defined. Immutable; holds no data. */
export interface GoTemplate {
  readonly name: string;
  readonly trees: ReadonlyMap<string, TemplateTree>;
  readonly functions: ReadonlyMap<string, GoFunction>;
  readonly delimiters: Delimiters;
}

/** How a template is run. */
export interface RenderOptions {
  /** Replace functions the template was compiled with, by name. */
  readonly functions?: GoFunctions;
  /** Which template of the set to run; that of its own name unless told. */
  readonly template?: string;
  readonly missingKey?: MissingKey;
  readonly budget?: Partial<TemplateBudget>;
  readonly ports?: TemplatePorts;
}

const DELIMITERS: Delimiters = { left: '{{', right: '}}' };

/** Compiles one text; the error is Go's message, with name and line. */
export const compileGoTemplate = (
  name: string,
  text: string,
  options: CompileOptions = {},
): Result<GoTemplate, TemplateFailure> => compileGoTemplates([{ name, text }], options);

/**
 * Compiles texts into one set, in order: a template defined again replaces the earlier one unless it is blank, as when
 * Go parses file after file. The set's own name is that of the last text.
 */
export const compileGoTemplates = (
  files: readonly TemplateFile[],
  options: CompileOptions = {},
): Result<GoTemplate, TemplateFailure> => {
  const functions = new Map([...Object.entries(GO_BUILTINS), ...Object.entries(options.functions ?? {})]);
  const empty: GoTemplate = {
    name: '',
    trees: new Map(),
    functions,
    delimiters: options.delimiters ?? DELIMITERS,
  };
  try {
    return ok(files.reduce(withFile, empty));
  } catch (thrown) {
    if (!(thrown instanceof TemplateParseError)) throw thrown;
    const place = { template: thrown.template, line: thrown.line, column: 0 };
    return fail(new TemplateFailure('template.parse', thrown.message, place));
  }
};

const withFile = (set: GoTemplate, file: TemplateFile): GoTemplate => addFile(set, file).set;

interface Added {
  readonly set: GoTemplate;
  readonly own: TemplateTree;
}

const addFile = (set: GoTemplate, file: TemplateFile): Added => {
  const parsed = parseTemplate(file, {
    delimiters: set.delimiters,
    isFunction: (name) => set.functions.has(name),
  });
  const trees = new Map(set.trees);
  for (const [name, tree] of parsed) if (!trees.has(name) || !isBlank(tree.nodes)) trees.set(name, tree);
  const own = parsed.get(file.name) ?? { name: file.name, source: file, nodes: [] };
  return { set: { ...set, name: file.name, trees }, own };
};

/**
 * Renders. `data` is plain data (numbers are float64, as Go decodes JSON) or a Go value made by `toGoValue`, which
 * functions such as `set` may change. Throws TemplateFailure with code and place.
 */
export const renderGoTemplate = (template: GoTemplate, data: unknown, options: RenderOptions = {}): string => {
  const meter = new BudgetMeter({ ...DEFAULT_TEMPLATE_BUDGET, ...options.budget });
  const functions = new Map([...template.functions, ...Object.entries(options.functions ?? {})]);
  const missingKey = options.missingKey ?? 'default';
  const setup: Setup = { meter, missingKey, ports: options.ports ?? {} };
  const render = createRender({ ...template, functions }, setup);
  const value = data === undefined || data === null ? undefined : toGoValue(data);
  return toWellFormed(runNamed(render, { name: options.template ?? template.name, data: value, depth: 1 }));
};

interface Setup {
  readonly meter: BudgetMeter;
  readonly missingKey: MissingKey;
  readonly ports: TemplatePorts;
}

const createRender = (template: GoTemplate, setup: Setup): Render => {
  const render: Render = {
    trees: template.trees,
    functions: template.functions,
    missingKey: setup.missingKey,
    meter: setup.meter,
    contextOf: (frame) => createContext({ template, setup, render, frame }),
  };
  return render;
};

const createContext = (at: {
  readonly template: GoTemplate;
  readonly setup: Setup;
  readonly render: Render;
  readonly frame: Frame;
}): CallContext => ({
  ports: at.setup.ports,
  spend: (steps) => at.setup.meter.spend(steps),
  reserve: (characters) => at.setup.meter.reserve(characters),
  isDefined: (name) => at.template.trees.has(name),
  render: (name, data) => {
    if (!at.template.trees.has(name)) throw noTemplate(name, ` associated with template ${quoteGo(at.template.name)}`);
    return runNamed(at.render, { name, data: data ?? undefined, depth: at.frame.depth + 1 });
  },
  renderText: (text, data) => {
    const { set, own } = attemptParse(at.template, { name: at.template.name, text });
    // A blank text replaces nothing of its name, yet it is what runs.
    return runTree(createRender(set, at.setup), own, data ?? undefined, at.frame.depth + 1);
  },
});

/** A set with a text added, under its name, and the template that the text itself is. */
const attemptParse = (template: GoTemplate, file: TemplateFile): Added => {
  try {
    return addFile(template, file);
  } catch (thrown) {
    if (!(thrown instanceof TemplateParseError)) throw thrown;
    throw new TemplateFailure('template.parse', thrown.message, {
      template: file.name,
      line: thrown.line,
      column: 0,
    });
  }
};

const runNamed = (
  render: Render,
  what: { readonly name: string; readonly data: GoValue; readonly depth: number },
): string => {
  const tree = render.trees.get(what.name);
  if (!tree) throw noTemplate(what.name, '');
  return runTree(render, tree, what.data, what.depth);
};

const noTemplate = (name: string, where: string): TemplateFailure =>
  new TemplateFailure('template.exec', `template: no template ${quoteGo(name)}${where}`, {
    template: name,
    line: 0,
    column: 0,
  });
