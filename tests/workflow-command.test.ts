import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { COMMAND, ROOT } from './built-command.ts';

const GREETING = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: greet-}
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: world}]}
  templates:
    - name: main
      steps:
        - - name: make
            template: make
        - - name: show
            template: show
            arguments:
              parameters: [{name: text, value: "{{steps.make.outputs.result}}"}]
              artifacts: [{name: file, from: "{{steps.make.outputs.artifacts.file}}"}]
    - name: make
      container: {image: busybox, command: [sh, -c], args: ["echo hello {{workflow.parameters.who}} | tee /tmp/file.txt"]}
      outputs: {artifacts: [{name: file, path: /tmp/file.txt}]}
    - name: show
      inputs:
        parameters: [{name: text}]
        artifacts: [{name: file, path: /data/in.txt}]
      script: {image: busybox, command: [sh], source: "echo got {{inputs.parameters.text}}; cat /data/in.txt"}
`;
const RETRIED = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: retried}
spec:
  entrypoint: main
  templates:
    - name: main
      retryStrategy: {limit: "2"}
      container: {image: busybox, command: [sh, -c, "exit 7"]}
`;

const HELD = `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: held}
spec:
  entrypoint: main
  templates: [{name: main, suspend: {}}]
`;

/** The verbs of argo, on real processes. */
describe.skipIf(process.platform !== 'linux')('workflows by command', () => {
  let folder: string;
  let platform: ChildProcess;
  const argosy = (...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        [...COMMAND, ...args],
        { cwd: ROOT, env: { ...process.env, KUBECONFIG: path.join(folder, 'data', 'kubeconfig') }, timeout: 40_000 },
        (error, out, err) => resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, out, err }),
      );
    });

  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'argosy-workflows-'));
    platform = spawn(
      process.execPath,
      [
        ...COMMAND,
        'up',
        '--data',
        path.join(folder, 'data'),
        '--port',
        '0',
        '--kube-port',
        '0',
        '--runtime',
        'process',
      ],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await new Promise<void>((resolve, reject) => {
      let printed = '';
      platform.stdout?.on(
        'data',
        (part: Buffer) => ((printed += part.toString('utf8')), printed.includes('  data ') && resolve()),
      );
      platform.on('exit', () => reject(new Error(`ended: ${printed}`)));
    });
    await writeFile(path.join(folder, 'greet.yaml'), GREETING);
    await writeFile(path.join(folder, 'retried.yaml'), RETRIED);
  });
  afterAll(async () => {
    platform.removeAllListeners('exit');
    await new Promise<void>((resolve) => {
      platform.on('exit', () => resolve());
      platform.kill('SIGTERM');
    });
    await rm(folder, { recursive: true, force: true });
  });

  it('carry parameters, results and artifacts from step to step', async () => {
    const submitted = await argosy(
      'submit',
      path.join(folder, 'greet.yaml'),
      '-p',
      'who=argosy',
      '--wait',
      '--timeout',
      '30',
    );
    expect([submitted.code, submitted.err]).toEqual([0, '']);
    const lines = (await argosy('logs', '@latest')).out
      .trim()
      .split('\n')
      .map((line) => line.slice(line.indexOf(': ') + 2));
    expect(lines).toEqual(['hello argosy', 'got hello argosy', 'hello argosy']);
    expect((await argosy('get', '@latest')).out).toMatch(/✔ make +make[^\n]*\n[^\n]*✔ show +show/);
  });

  it('run the example of this repository', async () => {
    const submitted = await argosy(
      'submit',
      path.join(ROOT, 'examples', 'hello-workflow.yaml'),
      '--wait',
      '--timeout',
      '30',
    );
    expect([submitted.code, submitted.err]).toEqual([0, '']);
    expect((await argosy('logs', '@latest')).out).toContain(': the first step said hello world');
  });

  it('end with 1 when a workflow fails, after its retries', async () => {
    const submitted = await argosy('submit', path.join(folder, 'retried.yaml'), '--wait', '--timeout', '30');
    expect([submitted.code, submitted.out]).toEqual([1, expect.stringContaining('retried Failed')]);
    const workflow = JSON.parse((await argosy('get', 'retried', '-o', 'json')).out) as {
      readonly status: { readonly nodes: Record<string, { readonly type: string }> };
    };
    expect(Object.values(workflow.status.nodes).filter((node) => node.type === 'Pod').length).toBe(3);
  });

  it('hold, resume, stop, retry and delete workflows', async () => {
    await writeFile(path.join(folder, 'held.yaml'), HELD);
    expect((await argosy('submit', path.join(folder, 'held.yaml'), '-o', 'name')).out).toBe('held\n');
    expect(await argosy('list', '--running', '-o', 'name')).toEqual({ code: 0, out: 'held\n', err: '' });
    expect((await argosy('stop', 'held', '--dry-run')).out).toBe('workflow held stopped (dry-run)\n');
    await expect
      .poll(async () => (await argosy('resume', 'held')).out, { timeout: 20_000 })
      .toBe('workflow held resumed\n');
    expect((await argosy('wait', 'held', '--timeout', '20')).code).toBe(0);
    const again = await argosy('resubmit', 'held', '-o', 'name');
    expect(again.out).toMatch(/^held-\w+\n$/);
    expect((await argosy('terminate', again.out.trim())).out).toMatch(/ terminated\n$/);
    expect((await argosy('delete', '--prefix', 'held', '--completed')).out).toContain("Workflow 'held' deleted");
  });

  it('lint files and keep templates', async () => {
    expect(await argosy('lint', path.join(folder, 'greet.yaml'), '--offline')).toEqual({
      code: 0,
      out: '✔ no linting errors found!\n',
      err: '',
    });
    await writeFile(
      path.join(folder, 'template.yaml'),
      GREETING.replace('kind: Workflow', 'kind: WorkflowTemplate').replace('generateName: greet-', 'name: greet'),
    );
    expect((await argosy('template', 'create', path.join(folder, 'template.yaml'))).code).toBe(0);
    const submitted = await argosy(
      'submit',
      '--from',
      'workflowtemplate/greet',
      '-p',
      'who=you',
      '--log',
      '-o',
      'name',
    );
    expect(submitted).toEqual({ code: 0, out: expect.stringContaining(': got hello you\n'), err: '' });
    expect((await argosy('template', 'list')).out).toBe('NAME\ngreet\n');
  });

  it.each(['submit', 'retry'])('explain %s with examples', async (verb) => {
    expect((await argosy(verb, '--help')).out).toMatch(new RegExp(`Examples:\\n  argosy ${verb} `));
  });

  it.each([
    ['a file that is not there', ['submit', '/nowhere.yaml'], /^argosy: \/nowhere\.yaml cannot be read/],
    ['a workflow that is not there', ['get', 'nope'], /^argosy: workflow "nope" not found/],
    ['a parameter without a value', ['submit', 'GREET', '-p', 'who'], /^argosy: parameter "who" has no value/],
  ])('say in one line what is wrong with %s', async (_reason, args, message) => {
    const ended = await argosy(...args.map((arg) => (arg === 'GREET' ? path.join(folder, 'greet.yaml') : arg)));
    expect([ended.code, ended.err.trim()]).toEqual([1, expect.stringMatching(message)]);
  });
});
