import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import type { NodeStatus, WorkflowPhase } from '../api/kinds.ts';
import { planRetry } from './retry-workflow.ts';

const FILE = fileURLToPath(new URL('../../../../../shared/conformance/vectors/wf-retry-nodes.json', import.meta.url));

interface Case {
  readonly name: string;
  readonly in: {
    readonly workflow: string;
    readonly phase: WorkflowPhase;
    readonly nodes: Readonly<Record<string, Partial<NodeStatus>>>;
    readonly restartSuccessful: boolean;
    readonly nodeFieldSelector: string;
  };
  readonly out: {
    readonly error?: true;
    readonly nodeCount?: number;
    readonly phases?: Readonly<Record<string, string>>;
    readonly gone?: readonly string[];
    readonly podsDeleted?: number;
  };
}

describe.skipIf(!existsSync(FILE))('vectors wf-retry-nodes', () => {
  const cases = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly Case[] }).cases : [];
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const nodes = Object.fromEntries(
      Object.entries(one.in.nodes).map(([id, node]) => [id, { id, name: id, displayName: id, ...node } as NodeStatus]),
    );
    const plan = planRetry(
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: { name: one.in.workflow },
        status: { phase: one.in.phase, nodes },
      },
      { restartSuccessful: one.in.restartSuccessful, selector: one.in.nodeFieldSelector },
      0,
    );
    if (!plan.ok) return expect({ error: true }).toEqual(one.out);
    const left = plan.value.workflow.status?.nodes ?? {};
    const phases = Object.fromEntries(Object.keys(one.out.phases ?? {}).map((id) => [id, left[id]?.phase]));
    expect({
      ...(one.out.nodeCount === undefined ? {} : { nodeCount: Object.keys(left).length }),
      ...(one.out.phases ? { phases } : {}),
      ...(one.out.gone ? { gone: one.out.gone.filter((id) => !left[id]) } : {}),
      ...(one.out.podsDeleted === undefined ? {} : { podsDeleted: plan.value.pods.length }),
    }).toEqual(one.out);
  });
});
