/**
 * Steps templates: a step may read the steps of the groups before it. @spec WF-STEP, WF-VAR-16
 */
import type { Step } from '../../api/template-schema.ts';
import { judgeNames } from './judge-names.ts';
import { judgeStep } from './judge-step.ts';
import { joinNames, judgeTags, type KnownNames } from './known-names.ts';
import type { Body, Walk } from './walk.ts';

/** Judges the groups of a steps template. */
export const judgeSteps = (walk: Walk, body: Body, groups: readonly (readonly Step[])[], inside: KnownNames): void => {
  const { field, template } = body;
  const names = groups.flat().map((step) => step.name ?? '');
  for (const finding of judgeNames(`${field}.steps`, names, 'template')) walk.findings.push(finding);
  let known = inside;
  for (const [index, group] of groups.entries()) {
    const offered: KnownNames[] = [];
    for (const step of group) {
      const at = { ...body, field: `${field}.steps[${index}].${step.name ?? ''}` };
      offered.push(judgeStep(walk, at, { step, known, prefix: `steps.${step.name ?? ''}` }));
    }
    known = joinNames(known, ...offered);
  }
  walk.findings.push(...judgeTags(`${field}.outputs`, template.outputs, known));
};
