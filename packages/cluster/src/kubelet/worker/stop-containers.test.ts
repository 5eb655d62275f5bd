import { expect, it } from 'vitest';

import { createSystemClock } from '@argosy/base';
import type { PodSpec } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { awaitTurn, stopContainers } from './stop-containers.ts';

const spec: PodSpec = {
  initContainers: [
    { name: 'one', restartPolicy: 'Always' },
    { name: 'done' },
    { name: 'two', restartPolicy: 'Always' },
  ],
  containers: [{ name: 'main' }, { name: 'other' }],
};

it('sidecars are asked to end after the containers they are there for, the last one first', async () => {
  const told: string[] = [];
  const ends = new Map<string, () => void>();
  const running = new Map(
    ['one', 'two', 'main', 'other'].map((name) => {
      const ended = new Promise<void>((resolve) => void ends.set(name, resolve));
      return [name, { ended } as unknown as RunningContainer];
    }),
  );
  const stopped = stopContainers(spec, running, async (name, turn) => {
    await turn;
    told.push(name);
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve, 5));
  const after = async (name: string): Promise<string> => {
    ends.get(name)?.();
    await settle();
    return told.join(' ');
  };
  await settle();
  expect(told.join(' ')).toBe('main other');
  expect(await after('main')).toBe('main other');
  expect(await after('other')).toBe('main other two');
  expect(await after('two')).toBe('main other two one');
  await stopped;
});

it('a turn that does not come is waited for no longer than the grace period', async () => {
  const clock = createSystemClock();
  expect(await awaitTurn(clock, new Promise(() => undefined), 20)).toBeLessThanOrEqual(0);
  expect(await awaitTurn(clock, Promise.resolve(), 5000)).toBeGreaterThan(4000);
});
