/**
 * DAG templates: names, dependencies, targets, and that a task reads only what it waits for.
 * @spec WF-DAG-01 … WF-DAG-12, WF-VAL-05
 */
import type { Task } from '../../api/template-schema.ts';
import { checkDependsLogic } from '../../nodes/dag-depends.ts';
import type { CompiledDag } from '../compile-dag.ts';
import { isDynamic, type Finding } from './finding.ts';
import { judgeNames } from './judge-names.ts';
import { judgeStep } from './judge-step.ts';
import { joinNames, judgeTags, namesOf, type KnownNames } from './known-names.ts';
import type { Body, Walk } from './walk.ts';

/** Judges a dag template. */
export const judgeDag = (walk: Walk, body: Body, inside: KnownNames): void => {
  const { field, template } = body;
  const tasks = template.dag?.tasks ?? [];
  if (tasks.length === 0) {
    walk.findings.push({ rule: 'dag empty', field: `${field}.dag.tasks`, message: 'must have at least one task' });
    return;
  }
  const named = [
    ...judgeNames(
      `${field}.tasks`,
      tasks.map((task) => task.name ?? ''),
      'template',
    ),
    ...judgeForms(field, tasks),
  ];
  walk.findings.push(...named);
  if (named.length > 0) return;
  const compiled = walk.graph.dagOf(tasks);
  if (!compiled.ok) {
    const rule = compiled.error.message.includes('cycle') ? 'cycle' : `depends ${compiled.error.reason}`;
    walk.findings.push({ rule, field, message: compiled.error.message });
    return;
  }
  walk.findings.push(
    ...judgeDepends(field, compiled.value),
    ...judgeTarget(field, template.dag?.target ?? '', compiled.value, inside),
  );
  judgeTasks(walk, body, compiled.value, inside);
};

/** `depends` and `dependencies` are two ways to say it: one of them per dag. */
const judgeForms = (field: string, tasks: readonly Task[]): readonly Finding[] => {
  const usesDepends = tasks.some((task) => (task.depends ?? '') !== '');
  const usesDependencies = tasks.some((task) => (task.dependencies ?? []).length > 0);
  const digit = tasks.find((task) => /^\d/.test(task.name ?? ''));
  if (digit && (usesDepends || usesDependencies))
    return [
      {
        rule: 'task-name starts-with-digit',
        field: `${field}.tasks.${digit.name ?? ''}`,
        message: "name cannot begin with a digit when using either 'depends' or 'dependencies'",
      },
    ];
  if (!usesDepends) return [];
  if (usesDependencies)
    return [
      {
        rule: 'depends with-dependencies',
        field,
        message: "cannot use both 'depends' and 'dependencies' in the same DAG template",
      },
    ];
  return tasks.some((task) => task.continueOn !== undefined)
    ? [
        {
          rule: 'depends with-continueOn',
          field,
          message: "cannot use 'continueOn' when using 'depends'. Instead use 'dep-task.Failed'/'dep-task.Errored'",
        },
      ]
    : [];
};

const judgeDepends = (field: string, dag: CompiledDag): readonly Finding[] =>
  dag.tasks.flatMap(({ task, dependencies }): readonly Finding[] => {
    const logic = checkDependsLogic(dependencies.logic);
    if (!logic.ok)
      return [
        { rule: 'depends unreadable', field: `${field}.tasks.${task.name}.depends`, message: logic.error.message },
      ];
    return [...(task.depends ?? '').matchAll(/([a-zA-Z0-9][-a-zA-Z0-9_]*)\.(AnySucceeded|AllFailed)/g)].flatMap(
      ([, name = '', result = '']): readonly Finding[] => {
        const other = dag.byName.get(name)?.task;
        return !other || other.withItems || other.withParam !== undefined || other.withSequence
          ? []
          : [
              {
                rule: 'depends any-or-all-on-task-without-items',
                field: `${field}.tasks.${task.name}`,
                message: `'${name}' has no items: '${result}' can only be used with withItems, withParam or withSequence`,
              },
            ];
      },
    );
  });

const judgeTarget = (field: string, target: string, dag: CompiledDag, inside: KnownNames): readonly Finding[] => {
  if (isDynamic(target)) return judgeTags(`${field}.targets`, target, inside);
  return target
    .split(/\s+/)
    .filter((name) => name !== '' && !dag.byName.has(name))
    .map((name) => ({
      rule: 'target undefined',
      field: `${field}.targets`,
      message: `target '${name}' is not defined`,
    }));
};

const judgeTasks = (walk: Walk, body: Body, dag: CompiledDag, inside: KnownNames): void => {
  const offered = new Map<string, KnownNames>();
  for (const { task, ancestors } of dag.tasks) {
    const field = `${body.field}.tasks.${task.name}`;
    const before = [...ancestors].map((name) => offered.get(name) ?? namesOf([]));
    const explain = (name: string): Finding | undefined => {
      const [, other = ''] = /^tasks\.([^.]+)\.outputs\./.exec(name) ?? [];
      return dag.byName.has(other) && !ancestors.has(other)
        ? {
            rule: 'task-not-ancestor',
            field,
            message: `missing dependency '${other}' for parameter or artifact '${name}'`,
          }
        : undefined;
    };
    const known = joinNames(inside, ...before);
    offered.set(
      task.name,
      judgeStep(walk, { ...body, field }, { step: task, known, prefix: `tasks.${task.name}`, explain }),
    );
  }
  walk.findings.push(
    ...judgeTags(`${body.field}.outputs`, body.template.outputs, joinNames(inside, ...offered.values())),
  );
};
