import { createServer, request as ask, type ClientRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';

import type { Clock } from '@argosy/base';

import { createBodyBudget, type BodyBudget } from './body-budget.ts';
import { readBody } from './read-body.ts';

const MB = 1024 * 1024;

/** Time that passes when it is told to. */
const aClock = () => {
  let now = 0;
  let timers: readonly { readonly at: number; readonly callback: () => void }[] = [];
  const clock: Clock = {
    now: () => now,
    setTimer: (delayMs, callback) => {
      timers = [...timers, { at: now + delayMs, callback }];
      return () => undefined;
    },
  };
  const pass = (ms: number): void => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const timer of due) timer.callback();
  };
  return { clock, pass };
};

const begun: string[] = [];
const cut: string[] = [];
const take = (budget: BodyBudget, name: string, bytes: number) =>
  budget.take(bytes, { begin: () => begun.push(name), cut: () => cut.push(name) });

let server: Server | undefined;
afterEach(() => {
  begun.length = 0;
  cut.length = 0;
  server?.close();
  server?.closeAllConnections();
});

it('large bodies wait for one another, in their order', () => {
  const budget = createBodyBudget(aClock().clock, 10);
  const [first, second] = [take(budget, 'a', 6), take(budget, 'b', 4)];
  const gone = take(budget, 'c', 6);
  take(budget, 'd', 5);
  take(budget, 'e', 1);
  expect(begun).toEqual(['a', 'b']);
  gone.release();
  first.release();
  first.release();
  expect(begun).toEqual(['a', 'b', 'd', 'e']);
  expect(budget.held()).toBe(10);
  second.release();
  expect(budget.held()).toBe(6);
});

it('only who sends nothing while others wait is cut off', () => {
  const { clock, pass } = aClock();
  const budget = createBodyBudget(clock, 10);
  const [slow] = [take(budget, 'slow', 3), take(budget, 'stalled', 3)];
  take(budget, 'complete', 3).complete();
  pass(60_000);
  expect(cut).toEqual([]);
  take(budget, 'waiting', 3);
  for (let look = 0; look < 3; look += 1) {
    slow.progress();
    expect(cut).toEqual([]);
    pass(500);
  }
  expect(cut).toEqual(['stalled']);
});

it('nobody is cut off because the server was busy', () => {
  const { clock, pass } = aClock();
  const budget = createBodyBudget(clock, 10);
  const sending = take(budget, 'sending', 8);
  take(budget, 'waiting', 8);
  for (let round = 0; round < 5; round += 1) {
    // Timers of a blocked process come due before what has arrived meanwhile is read.
    pass(3_000);
    sending.progress();
  }
  expect(cut).toEqual([]);
});

it('what clients send is not read beyond the room there is, and read on when there is some', async () => {
  const budget = createBodyBudget(aClock().clock, 4 * MB);
  const answers: (() => void)[] = [];
  let received = 0;
  server = createServer((request, response) => {
    const body = readBody(request, budget);
    request.on('data', (part: Buffer) => {
      received += part.byteLength;
    });
    void body.bytes.then(() =>
      answers.push(() => {
        body.release();
        response.end();
      }),
    );
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const done: number[] = [];
  const send = (at: number): ClientRequest => {
    const sent = ask({ port, method: 'POST', headers: { 'content-length': 2 * MB } }, (response) => {
      response.resume().on('end', () => done.push(at));
    });
    sent.end(Buffer.alloc(2 * MB));
    return sent;
  };
  const clients = Array.from({ length: 20 }, (_, at) => send(at));
  await expect.poll(() => answers.length).toBe(2);
  // Of those that wait no more was read than shows that they are large.
  await expect.poll(() => received).toBeGreaterThan(4 * MB);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(received).toBeLessThan(4 * MB + 18 * 192 * 1024);
  expect(budget.held()).toBe(4 * MB);
  while (done.length < clients.length) {
    for (const answer of answers.splice(0)) answer();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(budget.held()).toBe(0);
  expect(received).toBe(40 * MB);
});
