import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { openDoor, type Door } from '@argosy/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createWorkflowRoutes } from '../src/index.ts';
import { NAMESPACE, isEnded, startCluster, type EmbeddedCluster } from './embedded-cluster.ts';

let cluster: EmbeddedCluster;
let door: Door;
beforeAll(async () => {
  cluster = await startCluster();
  door = await openDoor(
    { log: silentLogger, random: createSystemRandom() },
    {
      host: '127.0.0.1',
      port: 0,
      routes: createWorkflowRoutes({ client: cluster.client, clock: createSystemClock() }),
    },
  );
});
afterAll(async () => {
  await door.close();
  await cluster.stop();
});

interface Answer {
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> };
  readonly spec: { readonly suspend?: boolean };
  readonly status: { readonly phase?: string };
  readonly message: string;
  readonly items: readonly Answer[];
}

const call = async (method: string, path: string, body?: unknown, accept = 'application/json') => {
  const response = await fetch(`${door.url}/api/v1/${path}`, {
    method,
    headers: { accept, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return { status: response.status, text, json: (): Answer => JSON.parse(text) as Answer };
};
const shell = (name: string, script: string) => ({
  workflow: {
    metadata: { name },
    spec: {
      entrypoint: 'main',
      arguments: { parameters: [{ name: 'm', value: 'x' }] },
      templates: [{ name: 'main', container: { image: 'any', command: ['sh', '-c', script] } }],
    },
  },
});
const held = (name: string) => ({
  workflow: { metadata: { name }, spec: { entrypoint: 'main', templates: [{ name: 'main', suspend: {} }] } },
});

describe('/api/v1/workflows', () => {
  it('creates, gets, lists and deletes', { timeout: 30_000 }, async () => {
    const created = await call('POST', `workflows/${NAMESPACE}`, shell('made', 'echo one; echo two'));
    expect([created.status, created.json().metadata.name]).toEqual([200, 'made']);
    await cluster.until('made', isEnded);
    expect((await call('GET', `workflows/${NAMESPACE}/made`)).json().status.phase).toBe('Succeeded');
    const listed = await call(
      'GET',
      `workflows/${NAMESPACE}?listOptions.labelSelector=workflows.argoproj.io/phase%3DSucceeded`,
    );
    expect(listed.json().items.map((item) => item.metadata.name)).toContain('made');
    const log = await call('GET', `workflows/${NAMESPACE}/made/log?logOptions.container=main&logOptions.follow=true`);
    expect(log.text).toBe(
      '{"result":{"content":"one","podName":"made"}}\n{"result":{"content":"two","podName":"made"}}\n',
    );
    expect(
      (await call('GET', `workflows/${NAMESPACE}/made/made/log?logOptions.tailLines=1`, undefined, 'text/event-stream'))
        .text,
    ).toBe(': connected\n\ndata: {"result":{"content":"two","podName":"made"}}\n\n');
    expect((await call('DELETE', `workflows/${NAMESPACE}/made`)).json()).toEqual({});
    expect((await call('GET', `workflows/${NAMESPACE}/made`)).status).toBe(404);
  });

  it('refuses what could not run, and lints without creating', async () => {
    const wrong = { workflow: { metadata: { name: 'wrong' }, spec: { entrypoint: 'nope', templates: [] } } };
    for (const path of [`workflows/${NAMESPACE}`, `workflows/${NAMESPACE}/lint`]) {
      const refused = await call('POST', path, wrong);
      expect([refused.status, refused.json()]).toEqual([
        400,
        { code: 3, message: 'spec.entrypoint template nope undefined' },
      ]);
    }
    expect((await call('POST', `workflows/${NAMESPACE}`, {})).json().message).toBe('the body needs a workflow');
    expect((await call('POST', `workflows/${NAMESPACE}/lint`, shell('fine', 'true'))).status).toBe(200);
    expect((await call('GET', `workflows/${NAMESPACE}/fine`)).status).toBe(404);
  });

  it('suspends, resumes, stops and terminates', { timeout: 30_000 }, async () => {
    for (const name of ['resumed', 'stopped', 'terminated']) {
      await call('POST', `workflows/${NAMESPACE}`, held(name));
      await cluster.until(name, (workflow) => workflow.status?.phase === 'Running');
    }
    const put = (name: string, verb: string, body: object = {}) =>
      call('PUT', `workflows/${NAMESPACE}/${name}/${verb}`, body);
    expect((await put('resumed', 'suspend')).json().spec.suspend).toBe(true);
    expect((await put('resumed', 'resume')).status).toBe(200);
    expect(
      (await put('stopped', 'stop', { nodeFieldSelector: 'displayName=none', message: 'm' })).json().message,
    ).toMatch(/no suspend nodes matching nodeFieldSelector/);
    await put('stopped', 'stop');
    await put('terminated', 'terminate');
    const ends = await Promise.all(['resumed', 'stopped', 'terminated'].map((name) => cluster.until(name, isEnded)));
    expect(ends.map((workflow) => workflow.status?.phase)).toEqual(['Succeeded', 'Failed', 'Failed']);
  });

  it('retries and resubmits', { timeout: 30_000 }, async () => {
    await call('POST', `workflows/${NAMESPACE}`, shell('again', 'test {{workflow.parameters.m}} = y'));
    expect((await cluster.until('again', isEnded)).status?.phase).toBe('Failed');
    const parameters = ['m=y'];
    expect((await call('PUT', `workflows/${NAMESPACE}/again/retry`, { parameters })).status).toBe(200);
    expect((await cluster.until('again', isEnded)).status?.phase).toBe('Succeeded');
    const anew = (await call('PUT', `workflows/${NAMESPACE}/again/resubmit`, { parameters })).json();
    expect((await cluster.until(anew.metadata.name, isEnded)).status?.phase).toBe('Succeeded');
    expect((await call('PUT', `workflows/${NAMESPACE}/again/resubmit`, { parameters: ['m'] })).json().message).toMatch(
      /expected parameter of the form: NAME=VALUE/,
    );
  });

  it('streams changes', { timeout: 30_000 }, async () => {
    const stop = new AbortController();
    const response = await fetch(
      `${door.url}/api/v1/workflow-events/${NAMESPACE}?listOptions.fieldSelector=metadata.name%3Dstreamed`,
      { headers: { accept: 'text/event-stream' }, signal: stop.signal },
    );
    await call('POST', `workflows/${NAMESPACE}`, shell('streamed', 'true'));
    const seen: string[] = [];
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      for (const [, text = ''] of chunk.matchAll(/^data: (.*)$/gm)) {
        const { result } = JSON.parse(text) as { result: { type: string; object: { status?: { phase?: string } } } };
        seen.push(`${result.type} ${result.object.status?.phase ?? ''}`);
      }
      if (seen.some((one) => one.endsWith('Succeeded'))) break;
    }
    stop.abort();
    expect([seen[0], seen.at(-1)]).toEqual(['ADDED ', 'MODIFIED Succeeded']);
  });
});

describe('templates and cron workflows', () => {
  const spec = {
    entrypoint: 'main',
    arguments: { parameters: [{ name: 'm', value: 'x' }] },
    templates: [{ name: 'main', container: { image: 'any', command: ['true'] } }],
  };

  it.each([
    { base: `workflow-templates/${NAMESPACE}`, field: 'template', kind: 'workflowtemplate', body: spec },
    { base: 'cluster-workflow-templates', field: 'template', kind: 'clusterworkflowtemplate', body: spec },
    {
      base: `cron-workflows/${NAMESPACE}`,
      field: 'cronWorkflow',
      kind: 'cronworkflow',
      body: { schedules: ['0 0 1 1 *'], workflowSpec: spec },
    },
  ])('live under $base and can be submitted', { timeout: 30_000 }, async ({ base, field, kind, body }) => {
    const object = { metadata: { name: 'kept' }, spec: body };
    expect((await call('POST', `${base}/lint`, { [field]: object })).status).toBe(200);
    const created = (await call('POST', base, { [field]: object })).json();
    expect(created.metadata.name).toBe('kept');
    const submitted = await call('POST', `workflows/${NAMESPACE}/submit`, {
      resourceKind: kind,
      resourceName: 'kept',
      submitOptions: { parameters: ['m=y'], labels: 'team=web', generateName: `${kind}-` },
    });
    expect(submitted.json()).toMatchObject({ metadata: { labels: { team: 'web' } } });
    expect((await cluster.until(submitted.json().metadata.name, isEnded)).status?.phase).toBe('Succeeded');
    const newest = (await call('GET', `${base}/kept`)).json();
    const changed = { ...newest, metadata: { ...newest.metadata, labels: { changed: 'yes' } } };
    expect((await call('PUT', `${base}/kept`, { [field]: changed })).json().metadata.labels).toMatchObject({
      changed: 'yes',
    });
    expect((await call('PUT', `${base}/kept`, { [field]: changed })).status).toBe(409);
    expect((await call('GET', base)).json().items.length).toBe(1);
    expect((await call('DELETE', `${base}/kept`)).status).toBe(200);
    expect((await call('POST', base, { [field]: { metadata: { name: 'bad' }, spec: {} } })).status).toBe(
      kind === 'cronworkflow' ? 400 : 200,
    );
  });

  it('hold a cron workflow', async () => {
    const object = { metadata: { name: 'held' }, spec: { schedules: ['@daily'], workflowSpec: spec } };
    await call('POST', `cron-workflows/${NAMESPACE}`, { cronWorkflow: object });
    expect((await call('PUT', `cron-workflows/${NAMESPACE}/held/suspend`)).json().spec.suspend).toBe(true);
    expect((await call('PUT', `cron-workflows/${NAMESPACE}/held/resume`)).json().spec.suspend).toBe(false);
  });
});
