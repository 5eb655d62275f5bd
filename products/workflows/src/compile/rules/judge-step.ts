/**
 * One step or task: its loop, its arguments, what it reads, what it calls, its hooks, and what it offers to others.
 * @spec WF-VAR-16, WF-VAR-17, WF-VAL-05
 */
import type { Hook, Step, Task, Template } from '../../api/template-schema.ts';
import type { TemplateCaller } from '../workflow-graph.ts';
import { isDynamic, type Finding, type Loose } from './finding.ts';
import { judgeArguments } from './judge-arguments.ts';
import { judgeExpression, joinNames, judgeTags, namesOf, type KnownNames } from './known-names.ts';
import type { Body, Walk } from './walk.ts';

/** A step or task and what it may read. */
export interface StepContext {
  readonly step: Step | Task;
  readonly known: KnownNames;
  readonly prefix: string;
  readonly explain?: (name: string) => Finding | undefined;
}

/** Judges a step or task; returns the names it offers to those after it. `body.field` is the step's. */
export const judgeStep = (walk: Walk, body: Body, context: StepContext): KnownNames => {
  const { step, known, prefix, explain } = context;
  const { field, scope } = body;
  walk.findings.push(
    ...judgeLoop(field, step),
    ...judgeArguments(`${field}.arguments`, step.arguments, { mayLackValues: false }),
  );
  const withItem = joinNames(known, itemNames(step));
  const { hooks, onExit, inline: _inline, ...read } = step;
  walk.findings.push(...judgeTags(field, read, withItem, explain));
  const template = walk.judgeCall(walk, { field, caller: step, scope, arguments: step.arguments ?? {} });
  const offered = offeredNames(prefix, template, isLoop(step));
  judgeHooks(walk, { field, scope, hooks, onExit, known: joinNames(withItem, offered) });
  return offered;
};

const isLoop = (step: Step): boolean =>
  step.withItems !== undefined || step.withParam !== undefined || step.withSequence !== undefined;

const judgeLoop = (field: string, step: Step): readonly Finding[] => {
  const kinds = [step.withItems, step.withParam, step.withSequence].filter((one) => one !== undefined);
  if (kinds.length > 1)
    return [
      { rule: 'loop several-kinds', field, message: 'only one of withItems, withParam, withSequence can be specified' },
    ];
  const sequence = step.withSequence;
  if (sequence?.count !== undefined && sequence.end !== undefined)
    return [
      {
        rule: 'withSequence count-with-end',
        field: `${field}.withSequence`,
        message: 'only one of count or end can be defined in withSequence',
      },
    ];
  return sequence && sequence.count === undefined && sequence.end === undefined
    ? [
        {
          rule: 'withSequence missing-count',
          field: `${field}.withSequence`,
          message: 'must have one of count or end',
        },
      ]
    : [];
};

/** What `item` offers: the keys of a map that every item has, or anything where the items come at run time. */
const itemNames = (step: Step): KnownNames => {
  if (step.withParam !== undefined || step.withSequence !== undefined) return namesOf(['item'], ['item.']);
  if (step.withItems === undefined) return namesOf([]);
  const items = step.withItems;
  const isAllMaps = items.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
  const isUnknown = items.some((item) => typeof item === 'string' && isDynamic(item));
  if (!isAllMaps || isUnknown) return namesOf(['item'], isUnknown ? ['item.'] : []);
  const names = items.flatMap((item) => Object.keys(item as Loose));
  return namesOf(
    ['item', ...names.map((name) => `item.${name}`)],
    names.map((name) => `item.${name}.`),
  );
};

const FACTS = ['id', 'name', 'status', 'ip', 'startedAt', 'finishedAt', 'hostNodeName', 'exitCode'];

/** What others may read of a step or task. */
const offeredNames = (prefix: string, template: Template | undefined, isLooped: boolean): KnownNames => {
  const facts = FACTS.map((fact) => `${prefix}.${fact}`);
  if (!template) return namesOf(facts, [`${prefix}.outputs.`, `${prefix}.outputs`]);
  const { parameters = [], artifacts = [] } = template.outputs ?? {};
  return namesOf([
    ...facts,
    `${prefix}.outputs.result`,
    ...(isLooped ? [`${prefix}.outputs.parameters`] : []),
    ...parameters.map((one) => `${prefix}.outputs.parameters.${one.name}`),
    ...artifacts.map((one) => `${prefix}.outputs.artifacts.${one.name}`),
  ]);
};

interface HookContext {
  readonly field: string;
  readonly scope: string;
  readonly hooks: Step['hooks'];
  readonly onExit: string | undefined;
  readonly known: KnownNames;
}

/** Judges the hooks of a step, a task or the workflow. */
export const judgeHooks = (walk: Walk, context: HookContext): void => {
  const { field, scope, hooks, onExit, known } = context;
  if (onExit) walk.judgeCall(walk, { field: `${field}.onExit`, caller: { template: onExit }, scope, arguments: 'any' });
  for (const [name, hook] of Object.entries(hooks ?? {}))
    judgeHook(walk, { ...context, field: `${field}.hooks.${name}` }, hook, known);
};

const judgeHook = (walk: Walk, context: HookContext, hook: Hook, known: KnownNames): void => {
  const { field, scope } = context;
  if (hook.expression !== undefined) walk.findings.push(...judgeExpression(`${field}.expression`, hook.expression));
  walk.findings.push(
    ...judgeArguments(`${field}.arguments`, hook.arguments, { mayLackValues: false }),
    ...judgeTags(field, hook.arguments, known),
  );
  walk.judgeCall(walk, { field, caller: hook as TemplateCaller, scope, arguments: hook.arguments ?? 'any' });
};
