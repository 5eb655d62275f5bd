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
import type { Frame, MissingKey, Render, TreeSet } from './run/frame.ts';
import { runTree } from './run/walk.ts';
import type { CallContext, GoFunctions, GoFunction, GoValue, TemplatePorts } from './values.ts';
import { toGoValue } from './plain-data.ts';
import { parseOften } from './parse/parsed-texts.ts';

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

const withFile = (set: GoTemplate, file: TemplateFile): GoTemplate => {
  const trees = new Map(set.trees);
  for (const [name, tree] of replacing(set.trees, parseFor(set, file))) trees.set(name, tree);
  return { ...set, name: file.name, trees };
};

type Parsed = ReadonlyMap<string, TemplateTree>;

const parseFor = ({ delimiters, functions }: RunSet, file: TemplateFile): Parsed =>
  parseTemplate(file, { delimiters, isFunction: (name) => functions.has(name) });

/** Those of a text that take their places in a set: blank ones replace nothing. */
const replacing = (known: TreeSet, parsed: Parsed): Parsed => {
  const taken = new Map<string, TemplateTree>();
  for (const [name, tree] of parsed) if (!known.has(name) || !isBlank(tree.nodes)) taken.set(name, tree);
  return taken;
};

/**
 * Renders. `data` is plain data (numbers are float64, as Go decodes JSON) or a Go value made by `toGoValue`, which
 * functions such as `set` may change. Throws TemplateFailure with code and place.
 */
export const renderGoTemplate = (template: GoTemplate, data: unknown, options: RenderOptions = {}): string => {
  const meter = new BudgetMeter({ ...DEFAULT_TEMPLATE_BUDGET, ...options.budget });
  const functions = options.functions
    ? new Map([...template.functions, ...Object.entries(options.functions)])
    : template.functions;
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

/** A set as it is run: texts that templates bring along lie above the templates they were compiled with. */
type RunSet = Omit<GoTemplate, 'trees'> & { readonly trees: TreeSet };

const createRender = (template: RunSet, setup: Setup): Render => {
  const render: Render = {
    trees: template.trees,
    functions: template.functions,
    missingKey: setup.missingKey,
    meter: setup.meter,
    contextOf: (frame) => (frame.context ??= new FrameContext({ template, setup, render, frame })),
  };
  return render;
};

interface ContextParts {
  readonly template: RunSet;
  readonly setup: Setup;
  readonly render: Render;
  readonly frame: Frame;
}

/** What the functions called at a frame are handed. A class: there is one for every template that is run. */
class FrameContext implements CallContext {
  readonly ports: TemplatePorts;
  private readonly parts: ContextParts;

  constructor(parts: ContextParts) {
    this.ports = parts.setup.ports;
    this.parts = parts;
  }

  spend(steps: number): void {
    this.parts.setup.meter.spend(steps);
  }

  reserve(characters: number): void {
    this.parts.setup.meter.reserve(characters);
  }

  isDefined(name: string): boolean {
    return this.parts.template.trees.has(name);
  }

  render(name: string, data: GoValue): string {
    const { template, render, frame } = this.parts;
    const tree = template.trees.get(name);
    if (!tree) throw noTemplate(name, ` associated with template ${quoteGo(template.name)}`);
    return runTree(render, tree, data ?? undefined, frame.depth + 1);
  }

  renderText(text: string, data: GoValue): string {
    const { template, setup, frame } = this.parts;
    const { set, own } = withText(template, { name: template.name, text });
    // A blank text replaces nothing of its name, yet it is what runs.
    return runTree(createRender(set, setup), own, data ?? undefined, frame.depth + 1);
  }
}

/** A set with a text added, under its name, and the template that the text itself is. */
const withText = (set: RunSet, file: TemplateFile): { readonly set: RunSet; readonly own: TemplateTree } => {
  const parsed = parseOften(set, file, () => attemptParse(set, file));
  const { trees } = set;
  const above = replacing(trees, parsed);
  const layered: TreeSet = {
    get: (name) => above.get(name) ?? trees.get(name),
    has: (name) => above.has(name) || trees.has(name),
  };
  const own = parsed.get(file.name) ?? { name: file.name, source: file, nodes: [] };
  return { set: { ...set, name: file.name, trees: above.size === 0 ? trees : layered }, own };
};

const attemptParse = (set: RunSet, file: TemplateFile): Parsed => {
  try {
    return parseFor(set, file);
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
