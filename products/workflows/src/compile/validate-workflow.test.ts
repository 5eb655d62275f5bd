import { describe, expect, it } from 'vitest';

import type { Workflow } from '../api/kinds.ts';
import type { WorkflowSpec } from '../api/template-schema.ts';
import { compileWorkflow } from './compile-workflow.ts';
import { formatFinding } from './rules/finding.ts';

const LEAF = { name: 'leaf', container: { image: 'any' } };
const findings = (spec: WorkflowSpec): readonly string[] => {
  const workflow: Workflow = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'w' },
    spec: { entrypoint: 'main', ...spec },
  };
  const compiled = compileWorkflow(workflow, new Map());
  return compiled.ok ? [] : compiled.error.map(formatFinding);
};

describe('a spec', () => {
  it.each<{ readonly reason: string; readonly spec: WorkflowSpec; readonly wanted: readonly string[] }>([
    {
      reason: 'may read the exit status in hooks only',
      spec: {
        templates: [
          {
            name: 'main',
            steps: [
              [
                {
                  name: 'a',
                  template: 'leaf',
                  arguments: { parameters: [{ name: 'p', value: '{{workflow.status}}' }] },
                },
              ],
            ],
          },
          LEAF,
        ],
      },
      wanted: [
        'templates.main.steps[0].a failed to resolve {{workflow.status}}: it is only known in exit handlers and hooks of the workflow',
      ],
    },
    {
      reason: 'reads items only in loops',
      spec: {
        templates: [{ name: 'main', steps: [[{ name: 'a', template: 'leaf', when: '{{item.x}} == 1' }]] }, LEAF],
      },
      wanted: ['templates.main.steps[0].a failed to resolve {{item.x}}'],
    },
    {
      reason: 'reads the keys its items have',
      spec: {
        templates: [
          {
            name: 'main',
            steps: [[{ name: 'a', template: 'leaf', withItems: [{ x: 1 }], when: '{{item.x}}{{item.y}} == 1' }]],
          },
          LEAF,
        ],
      },
      wanted: ['templates.main.steps[0].a failed to resolve {{item.y}}'],
    },
    {
      reason: 'is judged inside inline templates',
      spec: {
        templates: [
          { name: 'main', steps: [[{ name: 'a', inline: { container: { args: ['{{inputs.parameters.p}}'] } } }]] },
        ],
      },
      wanted: [
        'templates.main.steps[0].a.inline.container.image may not be empty',
        'templates.main.steps[0].a.inline failed to resolve {{inputs.parameters.p}}',
      ],
    },
    {
      reason: 'has expressions that can be read',
      spec: { templates: [{ name: 'main', container: { image: 'any', args: ['{{= 1 + }}'] } }] },
      wanted: [expect.stringMatching(/^templates\.main expression " 1 \+ ": /)],
    },
    {
      reason: 'names each lock once',
      spec: {
        synchronization: { mutexes: [{ name: 'm' }, { name: 'm' }, {}] },
        templates: [{ ...LEAF, name: 'main' }],
      },
      wanted: [
        'spec.synchronization.mutexes[1] mutex /m is named twice',
        'spec.synchronization.mutexes[2] name is required',
      ],
    },
    {
      reason: 'has one kind of loop',
      spec: {
        templates: [
          { name: 'main', dag: { tasks: [{ name: 'a', template: 'leaf', withItems: [1], withParam: '[1]' }] } },
          LEAF,
        ],
      },
      wanted: ['templates.main.tasks.a only one of withItems, withParam, withSequence can be specified'],
    },
    {
      reason: 'may call itself',
      spec: { templates: [{ name: 'main', steps: [[{ name: 'again', template: 'main', when: 'false' }]] }] },
      wanted: [],
    },
    {
      reason: 'collects pods by a strategy there is',
      spec: { podGC: { strategy: 'Sometimes' }, templates: [{ ...LEAF, name: 'main' }] },
      wanted: [expect.stringMatching(/^spec\.podGC\.strategy unknown strategy 'Sometimes'; one of OnPodCompletion/)],
    },
  ])('$reason', ({ spec, wanted }) => {
    expect(findings(spec)).toEqual(wanted);
  });
});
