/**
 * Runs the templates of a chart and of the charts inside it.
 * @upstream helm pkg/engine/engine.go
 */
import { Failure } from '@argosy/base';
import {
  compareText,
  compileGoTemplates,
  GoMap,
  goMap,
  renderGoTemplate,
  TemplateFailure,
  type GoTemplate,
  type GoValue,
  type TemplateBudget,
  type TemplatePorts,
} from '@argosy/expressions';

import { isLibraryChart, pathOfInner, type Chart } from '../chart/chart.ts';
import type { HelmCache } from '../helm-cache.ts';
import { capabilitiesValue, type Capabilities } from './capabilities.ts';
import { chartValue } from './chart-value.ts';
import { filesValue } from './files-value.ts';
import { ChartRefusal, createHelmFunctions, withoutNoValue, type Lookup } from './helm-functions.ts';
import { valuesValue } from './values-value.ts';

/** `.Release`. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly isUpgrade: boolean;
}

/** What templates are run with. */
export interface TemplateInput {
  /** All values of the chart, those of its charts inside. Templates may change them. */
  readonly values: GoMap;
  readonly release: Release;
  readonly capabilities: Capabilities;
  readonly lookup?: Lookup;
  readonly ports: TemplatePorts;
  readonly budget?: Partial<TemplateBudget>;
  readonly cache: HelmCache;
}

/** Texts by template name, such as `chart/templates/a.yaml`; partials are not among them. Throws Failure `TemplateFailed`. */
export const renderTemplates = (chart: Chart, input: TemplateInput): ReadonlyMap<string, string> => {
  const templates = new Map<string, Renderable>();
  const release = releaseValue(input.release);
  collect(
    { chart, name: chart.metadata.name, isRoot: true },
    { values: input.values, release, capabilities: capabilitiesValue(input.capabilities), templates },
  );
  const names = deepestFirst([...templates.keys()]);
  const compiled = compile(names, templates, input);
  const rendered = new Map<string, string>();
  for (const name of names) {
    const renderable = templates.get(name);
    if (!renderable || isPartial(name)) continue;
    renderable.scope.entries.set('Template', templateValue(name, renderable.basePath));
    rendered.set(name, run(compiled, name, renderable.scope, input));
  }
  return rendered;
};

/** Whether a template only serves others. */
export const isPartial = (name: string): boolean => name.slice(name.lastIndexOf('/') + 1).startsWith('_');

interface Renderable {
  readonly text: string;
  readonly scope: GoMap;
  readonly basePath: string;
}

interface Shared {
  readonly values: GoMap;
  readonly release: GoMap;
  readonly capabilities: GoValue;
  readonly templates: Map<string, Renderable>;
}

/** The scope of a chart; its templates and those of its charts are added on the way. */
const collect = (
  at: { readonly chart: Chart; readonly name: string; readonly isRoot: boolean },
  shared: Shared,
): GoMap => {
  const { chart, name } = at;
  const subcharts = new GoMap();
  const scope = goMap([
    ['Chart', chartValue(chart.metadata, at.isRoot)],
    ['Files', filesValue(chart.files)],
    ['Release', shared.release],
    ['Capabilities', shared.capabilities],
    ['Values', valuesValue(shared.values)],
    ['Subcharts', subcharts],
  ]);
  for (const child of chart.dependencies) {
    const values = shared.values.entries.get(child.metadata.name);
    const below = { chart: child, name: pathOfInner(chart, name, child), isRoot: false };
    subcharts.entries.set(
      child.metadata.name,
      collect(below, { ...shared, values: values instanceof GoMap ? values : new GoMap() }),
    );
  }
  const given = valuesValue(scope);
  for (const template of chart.templates)
    if (!isLibraryChart(chart) || isPartial(template.name))
      shared.templates.set(`${name}/${template.name}`, {
        text: template.text,
        scope: given,
        basePath: `${name}/templates`,
      });
  return scope;
};

const releaseValue = ({ name, namespace, isUpgrade }: Release): GoMap =>
  goMap([
    ['Name', name],
    ['Namespace', namespace],
    ['IsUpgrade', isUpgrade],
    ['IsInstall', !isUpgrade],
    ['Revision', 1n],
    ['Service', 'Helm'],
  ]);

const templateValue = (name: string, basePath: string): GoMap =>
  valuesValue(
    goMap([
      ['Name', name],
      ['BasePath', basePath],
    ]),
  );

/** Templates of the chart itself come last and so win over those of its charts. */
const deepestFirst = (names: readonly string[]): readonly string[] =>
  names
    .map((name) => ({ name, depth: name.split('/').length }))
    .sort((left, right) => right.depth - left.depth || compareText(right.name, left.name))
    .map(({ name }) => name);

const compile = (
  names: readonly string[],
  templates: ReadonlyMap<string, Renderable>,
  input: TemplateInput,
): GoTemplate => {
  const files = names.map((name) => ({ name, text: templates.get(name)?.text ?? '' }));
  const texts = files.flatMap(({ name, text }) => [name, text]);
  return input.cache.keep('templates', texts, () => {
    const compiled = compileGoTemplates(files, { functions: createHelmFunctions(undefined) });
    if (!compiled.ok) throw parseFailure(compiled.error);
    // The name `tpl` gives its texts in errors.
    return { ...compiled.value, name: 'gotpl' };
  });
};

const run = (compiled: GoTemplate, name: string, scope: GoMap, input: TemplateInput): string => {
  try {
    const { budget, ports, lookup } = input;
    return withoutNoValue(
      renderGoTemplate(compiled, scope, {
        template: name,
        missingKey: 'zero',
        ports,
        ...(lookup && { functions: createHelmFunctions(lookup) }),
        ...(budget && { budget }),
      }),
    );
  } catch (thrown) {
    if (!(thrown instanceof TemplateFailure)) throw thrown;
    throw new Failure(describeFailure(thrown), { code: 'TemplateFailed', cause: thrown });
  }
};

const parseFailure = (failure: TemplateFailure): Failure => {
  const parts = failure.message.split(': ');
  const message =
    parts.length === 1
      ? `parse error in (${failure.template}): ${failure.message}`
      : `parse error at (${parts[1] ?? failure.template}): ${parts.at(-1) ?? ''}`;
  return new Failure(message, { code: 'TemplateFailed', cause: failure });
};

/** What the author said, at the outermost place; else the whole way to it. */
const describeFailure = (failure: TemplateFailure): string => {
  const refusal = refusalIn(failure);
  if (!refusal) return failure.message;
  return `execution error at (${failure.template}:${failure.line}:${failure.column}): ${refusal.message}`;
};

const refusalIn = (thrown: unknown): ChartRefusal | undefined => {
  for (let current: unknown = thrown; current instanceof Error; current = current.cause)
    if (current instanceof ChartRefusal) return current;
  return undefined;
};
