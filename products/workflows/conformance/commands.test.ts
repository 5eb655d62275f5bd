import { parseManifests } from '@argosy/manifests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  changeWorkflows,
  deleteTemplates,
  deleteWorkflows,
  getTemplates,
  getWorkflows,
  lintManifests,
  listTemplates,
  listWorkflows,
  putTemplates,
  resubmitWorkflows,
  retryWorkflows,
  showWorkflowLogs,
  submitFrom,
  submitWorkflows,
  waitForWorkflow,
  watchWorkflow,
  type SubmitOptions,
} from '../src/index.ts';
import { runVerb, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

const run = (verb: Parameters<typeof runVerb>[1]) => runVerb(cluster, verb);
const SUBMIT: SubmitOptions = { parameters: [], wait: true, output: 'name', timeoutSeconds: 30 };
const AGAIN = { ...SUBMIT, restartSuccessful: false, nodeFieldSelector: '' };
const shell = (name: string, script: string, more = '') =>
  parseManifests(
    `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: ${name}, labels: {suite: commands}}
spec:
  entrypoint: main
  ${more}
  arguments: {parameters: [{name: m, value: hello}]}
  templates:
    - name: main
      container: {image: any, command: [sh, -c, '${script}']}
    - name: other
      container: {image: any, command: [sh, -c, 'echo other']}
`,
    name,
  );
const held = (name: string) =>
  parseManifests(
    `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: ${name}, labels: {suite: held}}
spec:
  entrypoint: main
  templates: [{name: main, suspend: {}}]
`,
    name,
  );
const submitHeld = async (name: string): Promise<void> => {
  await run((deps) => submitWorkflows(deps, held(name), { ...SUBMIT, wait: false }));
  await cluster.until(name, (workflow) => workflow.status?.phase === 'Running');
};

describe('submit', () => {
  it('gives parameters, an entrypoint and labels, and waits', { timeout: 30_000 }, async () => {
    const options = {
      ...SUBMIT,
      name: 'greeting',
      parameters: [{ name: 'm', value: 'you' }],
      labels: { team: 'web' },
    };
    const submitted = await run((deps) => submitWorkflows(deps, shell('x', 'echo {{workflow.parameters.m}}'), options));
    expect(submitted).toEqual({ code: 0, out: expect.stringMatching(/^greeting\ngreeting Succeeded at \S+\n$/) });
    expect(await run((deps) => showWorkflowLogs(deps, 'greeting'))).toEqual({
      code: 0,
      out: expect.stringMatching(/^greeting: you\n$/),
    });
    expect((await run((deps) => listWorkflows(deps, { output: 'name', labelSelector: 'team=web' }))).out).toBe(
      'greeting\n',
    );
  });

  it('prints the logs while it runs, and ends with 1 when it fails', { timeout: 30_000 }, async () => {
    const failing = shell('failing', 'echo one; sleep 0.3; echo two; exit 3');
    const logged = await run((deps) => submitWorkflows(deps, failing, { ...SUBMIT, wait: false, log: true }));
    expect(logged).toEqual({ code: 1, out: 'failing\nfailing: one\nfailing: two\n' });
    const { out } = await run((deps) => showWorkflowLogs(deps, 'failing', { grep: '^tw' }));
    expect(out).toBe('failing: two\n');
  });

  it('shows a workflow until it has ended', { timeout: 30_000 }, async () => {
    const watched = await run((deps) =>
      submitWorkflows(deps, shell('watched', 'sleep 0.2'), { ...SUBMIT, watch: true, clear: '~' }),
    );
    expect(watched.code).toBe(0);
    const pictures = watched.out.split('~');
    expect(pictures.length).toBeGreaterThan(2);
    expect(pictures.at(-1)).toMatch(/Status: +Succeeded\n[^]*✔ watched +main +watched/);
  });

  it('creates nothing when asked to only show it', async () => {
    const shown = await run((deps) =>
      submitWorkflows(deps, shell('dry', 'true'), { ...SUBMIT, dryRun: true, output: '' }),
    );
    expect(shown.out).toMatch(/^apiVersion: argoproj.io\/v1alpha1\nkind: Workflow\n[^]*name: dry/);
    await expect(run((deps) => getWorkflows(deps, ['dry'], { output: '' }))).rejects.toThrow(
      'workflow "dry" not found in namespace default',
    );
  });

  it('refuses a workflow that could not run, with the sentence of the controller', async () => {
    const wrong = run((deps) => submitWorkflows(deps, shell('wrong', '{{inputs.parameters.nope}}'), SUBMIT));
    await expect(wrong).rejects.toThrow('wrong: templates.main failed to resolve {{inputs.parameters.nope}}');
  });

  it('runs templates of a namespace and of the cluster', { timeout: 30_000 }, async () => {
    const templates = (kind: string, name: string) =>
      parseManifests(
        `
apiVersion: argoproj.io/v1alpha1
kind: ${kind}
metadata: {name: ${name}}
spec:
  entrypoint: main
  arguments: {parameters: [{name: m}]}
  templates:
    - name: main
      container: {image: any, command: [sh, -c, 'echo {{workflow.parameters.m}}']}
`,
        name,
      );
    const create = (scope: 'namespace' | 'cluster', kind: string, name: string) =>
      run((deps) => putTemplates(deps, scope, { objects: templates(kind, name), update: false }));
    expect((await create('namespace', 'WorkflowTemplate', 'near')).out).toMatch(/^Name: +near\nNamespace: +default\n/);
    expect((await create('cluster', 'ClusterWorkflowTemplate', 'far')).out).toMatch(/^Name: +far\nCreated: /);
    const parameters = [{ name: 'm', value: 'from the command' }];
    for (const [from, label] of [
      ['workflowtemplate/near', 'workflow-template=near'],
      ['cwft/far', 'cluster-workflow-template=far'],
    ] as const) {
      expect((await run((deps) => submitFrom(deps, from, { ...SUBMIT, parameters }))).code).toBe(0);
      const listed = await run((deps) =>
        listWorkflows(deps, { output: 'json', labelSelector: `workflows.argoproj.io/${label}` }),
      );
      expect(JSON.parse(listed.out)).toMatchObject([{ status: { phase: 'Succeeded' } }]);
    }
    await expect(run((deps) => submitFrom(deps, 'workflowtemplate/near', SUBMIT))).rejects.toThrow(
      'near-: spec.arguments.m.value or spec.arguments.m.valueFrom is required',
    );
    await expect(run((deps) => submitFrom(deps, 'wftmpl/nope', SUBMIT))).rejects.toThrow(
      'workflowtemplates "nope" not found',
    );
    expect((await run((deps) => listTemplates(deps, 'namespace', { output: '' }))).out).toBe('NAME\nnear\n');
    expect((await run((deps) => getTemplates(deps, 'cluster', { names: ['far'], output: 'yaml' }))).out).toContain(
      'kind: ClusterWorkflowTemplate',
    );
    expect((await run((deps) => deleteTemplates(deps, 'namespace', { names: ['near'], all: false }))).out).toBe(
      "WorkflowTemplate 'near' deleted\n",
    );
  });
});

describe('list', () => {
  it('filters by phase, age, prefix and label', { timeout: 30_000 }, async () => {
    await run((deps) => submitWorkflows(deps, shell('list-good', 'true'), SUBMIT));
    await run((deps) => submitWorkflows(deps, shell('list-bad', 'false'), SUBMIT));
    await submitHeld('list-held');
    const names = async (filter: object) =>
      (await run((deps) => listWorkflows(deps, { output: 'name', prefix: 'list-', ...filter }))).out
        .trim()
        .split('\n')
        .sort();
    expect(await names({})).toEqual(['list-bad', 'list-good', 'list-held']);
    expect(await names({ running: true })).toEqual(['list-held']);
    expect(await names({ completed: true })).toEqual(['list-bad', 'list-good']);
    expect(await names({ status: 'Failed,Error' })).toEqual(['list-bad']);
    expect(await names({ labelSelector: 'suite=held' })).toEqual(['list-held']);
    expect(await names({ since: '1h' })).toEqual(['list-bad', 'list-good', 'list-held']);
    expect(await names({ older: '1h' })).toEqual(['']);
    const { out } = await run((deps) => listWorkflows(deps, { output: 'wide', prefix: 'list-held' }));
    expect(out).toMatch(
      /^NAME +STATUS +AGE +DURATION +PRIORITY +P\/R\/C +PARAMETERS +MESSAGE\nlist-held +Running \(Suspended\) .* 0\/0\/0/,
    );
  });
});

describe('changes', () => {
  const change = (names: string[], kind: 'suspend' | 'resume' | 'stop' | 'terminate', more: object = {}) =>
    run((deps) => changeWorkflows(deps, names, { change: { kind, selector: '', message: '' }, ...more }));

  it('resume suspended nodes, and say which workflow refused', { timeout: 30_000 }, async () => {
    await submitHeld('approve');
    expect(await change(['approve'], 'resume')).toEqual({ code: 0, out: 'workflow approve resumed\n' });
    expect((await run((deps) => waitForWorkflow(deps, 'approve', 30))).code).toBe(0);
    expect(await change(['approve'], 'suspend')).toEqual({
      code: 1,
      out: 'workflow approve: cannot suspend completed workflows\n',
    });
  });

  it('stop and terminate workflows chosen by label', { timeout: 30_000 }, async () => {
    await submitHeld('one');
    await submitHeld('two');
    const chosen = { fieldSelector: 'metadata.name=one' };
    expect(await change([], 'stop', { ...chosen, dryRun: true })).toEqual({
      code: 0,
      out: 'workflow one stopped (dry-run)\n',
    });
    expect((await change([], 'stop', chosen)).out).toBe('workflow one stopped\n');
    expect((await change(['two'], 'terminate')).out).toBe('workflow two terminated\n');
    expect((await run((deps) => waitForWorkflow(deps, 'one', 30))).code).toBe(1);
    expect((await run((deps) => watchWorkflow(deps, 'two', { timeoutSeconds: 30, clear: '' }))).code).toBe(1);
    await expect(change([], 'stop')).rejects.toThrow('name a workflow, or choose some with --selector');
  });

  it('retry what failed, resubmit what ended', { timeout: 40_000 }, async () => {
    const once = 'test {{workflow.parameters.m}} = again';
    expect((await run((deps) => submitWorkflows(deps, shell('once', once), SUBMIT))).code).toBe(1);
    const parameters = [{ name: 'm', value: 'again' }];
    expect(await run((deps) => retryWorkflows(deps, ['once'], { ...AGAIN, parameters }))).toEqual({
      code: 0,
      out: expect.stringMatching(/^once\nonce Succeeded/),
    });
    await expect(run((deps) => retryWorkflows(deps, ['once'], AGAIN))).rejects.toThrow(
      'once: to retry a succeeded workflow, set restartSuccessful and a nodeFieldSelector',
    );
    const anew = await run((deps) => resubmitWorkflows(deps, ['once'], { ...SUBMIT, priority: 7 }));
    expect(anew).toEqual({ code: 0, out: expect.stringMatching(/^once-\w+\n/) });
    const listed = await run((deps) => listWorkflows(deps, { output: 'json', resubmitted: true }));
    expect(JSON.parse(listed.out)).toMatchObject([{ spec: { priority: 7 } }]);
  });

  it('delete by name and by filter', { timeout: 30_000 }, async () => {
    await submitHeld('gone-1');
    await submitHeld('gone-2');
    const remove = (names: string[], more: object) =>
      run((deps) => deleteWorkflows(deps, names, { all: false, force: false, ...more }));
    expect((await remove(['gone-1'], {})).out).toBe("Workflow 'gone-1' deleted\n");
    expect((await remove([], { prefix: 'gone-', dryRun: true })).out).toBe("Workflow 'gone-2' deleted (dry-run)\n");
    expect((await remove([], { prefix: 'gone-' })).out).toBe("Workflow 'gone-2' deleted\n");
    expect((await remove([], { prefix: 'gone-' })).out).toBe('No workflows found\n');
    await expect(remove([], {})).rejects.toThrow('name a workflow');
  });
});

describe('lint', () => {
  const lint = (files: readonly string[], output: 'pretty' | 'simple', kinds: readonly string[] = []) =>
    run((deps) =>
      lintManifests(
        deps,
        files.map((text, index) => ({ file: `${index}.yaml`, objects: parseManifests(text, 'x') })),
        {
          output,
          kinds,
        },
      ),
    );
  const workflow = (entrypoint: string, step = '{name: a, template: say}') => `
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: w-}
spec:
  entrypoint: ${entrypoint}
  templates:
    - name: main
      steps: [[${step}]]
    - {name: say, container: {image: any}}
`;
  const template = `
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: t}
spec: {templates: [{name: say, container: {image: any}}]}
`;

  it('is quiet about what is right', async () => {
    expect(await lint([workflow('main'), template], 'pretty')).toEqual({
      code: 0,
      out: '✔ no linting errors found!\n',
    });
    const byReference = workflow('main', '{name: a, templateRef: {name: t, template: say}}');
    expect((await lint([byReference, template], 'simple')).code).toBe(0);
  });

  it('names the file, the object and the field', async () => {
    expect(await lint([workflow('nope')], 'simple')).toEqual({
      code: 1,
      out: '0.yaml: in "w-" (Workflow): spec.entrypoint template nope undefined\n',
    });
    expect((await lint([workflow('main', '{name: a, template: nope}')], 'pretty')).out).toBe(
      '0.yaml:\n\n   ✖ in "w-" (Workflow): templates.main.steps[0].a template nope undefined\n\n✖ 1 linting errors found!\n',
    );
    expect((await lint([workflow('nope')], 'pretty', ['cronworkflows'])).out).toBe(
      '✖ found nothing to lint in the specified paths, failing...\n',
    );
  });
});
