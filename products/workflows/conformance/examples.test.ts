import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { WORKFLOWS, type Workflow } from '../src/index.ts';
import { NAMESPACE, isEnded, startCluster, summary, type EmbeddedCluster } from './embedded-cluster.ts';

const FOLDER = fileURLToPath(new URL('../../../../shared/conformance/workflows/examples/', import.meta.url));

const isOnHost = (program: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
};

interface Example {
  readonly file: string;
  readonly phase?: 'Failed';
  /** Programs the example's images have and this machine may not. */
  readonly needs?: readonly string[];
  readonly resume?: true;
}

const EXAMPLES: readonly Example[] = [
  { file: 'arguments-parameters' },
  { file: 'coinflip', needs: ['python'] },
  { file: 'coinflip-recursive', needs: ['python'] },
  { file: 'conditionals', needs: ['cowsay'] },
  { file: 'dag-diamond' },
  { file: 'dag-multiroot' },
  { file: 'dag-continue-on-fail', phase: 'Failed' },
  { file: 'dag-enhanced-depends' },
  { file: 'exit-code-output-variable' },
  { file: 'exit-handlers', phase: 'Failed' },
  { file: 'global-parameters' },
  { file: 'loops-dag' },
  { file: 'loops-maps' },
  { file: 'loops-param-argument' },
  { file: 'loops-param-result', needs: ['python'] },
  { file: 'parameter-aggregation' },
  { file: 'retry-container' },
  { file: 'retry-script', needs: ['python'] },
  { file: 'retry-conditional', needs: ['python'] },
  { file: 'scripts-bash' },
  { file: 'artifact-passing' },
  { file: 'suspend-template', resume: true },
  { file: 'status-reference' },
];

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster(process.env['ARGOSY_TEST_LOG'] ? logToConsole() : undefined);
});
afterAll(() => cluster.stop());

const logToConsole = () => {
  const write = (message: string, fields?: object): void => console.log(message, JSON.stringify(fields));
  const logger = { debug: write, info: write, warn: write, error: write, with: () => logger };
  return logger;
};

const submit = async (object: Workflow): Promise<string> => {
  const created = await cluster.client.create(WORKFLOWS, {
    ...object,
    metadata: {
      ...object.metadata,
      namespace: NAMESPACE,
      ...(object.metadata.name ? {} : { generateName: object.metadata.generateName }),
    },
  });
  return created.metadata.name ?? '';
};
const resume = async (name: string): Promise<void> => {
  const waiting = await cluster.until(name, (workflow) =>
    Object.values(workflow.status?.nodes ?? {}).some((node) => node.type === 'Suspend' && node.phase === 'Running'),
  );
  const node = Object.values(waiting.status?.nodes ?? {}).find(
    (one) => one.type === 'Suspend' && one.phase === 'Running',
  )!;
  await cluster.client.patch(
    WORKFLOWS,
    { namespace: NAMESPACE, name },
    {
      kind: 'merge',
      patch: {
        status: {
          nodes: { [node.id]: { phase: 'Succeeded', finishedAt: new Date().toISOString().slice(0, 19) + 'Z' } },
        },
      },
    },
  );
};

describe.skipIf(!existsSync(FOLDER))('examples on the process runtime', () => {
  it.each(EXAMPLES)('$file', { timeout: 90_000 }, async ({ file, phase, needs, resume: doResume }) => {
    const missing = (needs ?? []).filter((program) => !isOnHost(program));
    const [object] = loadAll(readFileSync(`${FOLDER}${file}.yaml`, 'utf8')) as Workflow[];
    const name = await submit(object!);
    if (doResume) await resume(name);
    const ended = await cluster.until(name, isEnded, 80);
    if (missing.length > 0) {
      console.log(`${file}: this machine has no ${missing.join(', ')}; ended ${ended.status?.phase}`);
      expect(ended.status?.phase).toMatch(/Failed|Error/);
      return;
    }
    if (
      ended.status?.phase !== (phase ?? 'Succeeded') &&
      !(file.startsWith('retry') && ended.status?.phase === 'Failed')
    )
      console.log(JSON.stringify(summary(ended), null, 1));
    // The retry examples toss coins: running out of retries is one of their ends.
    expect(ended.status?.phase).toMatch(
      file.startsWith('retry') ? /Succeeded|Failed/ : new RegExp(phase ?? 'Succeeded'),
    );
  });
});
