import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { createSystemClock } from '@argosy/base';
import type { ConfigMap, Pod } from '@argosy/kube';

import { mountVolumes, refreshVolumes } from './pod-volumes.ts';
import type { PodScope } from './pod-scope.ts';

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-refresh-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

it('what leaves an object before the first look is taken out of the volume', async () => {
  let data: Readonly<Record<string, string>> = { stays: 'old', goes: 'x' };
  const spec = { containers: [], volumes: [{ name: 'v', configMap: { name: 'cm' } }] };
  const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'a' }, spec };
  const map = (): ConfigMap => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cm', namespace: 'a' },
    data,
  });
  let looks = 0;
  const stopping = new AbortController();
  const scope = {
    pod,
    spec,
    isSimulated: false,
    stopping: stopping.signal,
    record: {},
    tell: () => undefined,
    deps: {
      runtime: { name: 'process' },
      client: { get: ({ kind }: { kind: string }) => Promise.resolve(kind === 'Pod' ? pod : map()) },
      clock: {
        ...createSystemClock(),
        // The first look is at once, and there is one.
        setTimer: (_ms: number, call: () => void) => {
          looks += 1;
          const isOver = looks > 1;
          queueMicrotask(() => (isOver ? stopping.abort() : call()));
          return () => undefined;
        },
      },
    },
  } as unknown as PodScope;
  const volumes = await mountVolumes(scope, directory);
  const folder = volumes.get('v')?.hostPath ?? '';
  const names = () => fs.readdirSync(folder).filter((name) => !name.startsWith('..'));
  expect(names().toSorted()).toEqual(['goes', 'stays']);
  data = { stays: 'new' };
  await refreshVolumes(scope, directory);
  expect(names()).toEqual(['stays']);
  expect(fs.readFileSync(path.join(folder, 'stays'), 'utf8')).toBe('new');
});
