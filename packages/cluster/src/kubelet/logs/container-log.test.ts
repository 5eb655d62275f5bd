import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterAll, expect, it } from 'vitest';

import { createSystemClock } from '@argosy/base';

import { createContainerLog, readContainerLog } from './container-log.ts';

const clock = createSystemClock();
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-log-'));
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

/** Begins to follow a log; what has come, and the rest once it is closed. */
const follow = (file: string) => {
  const state = { isOpen: true, text: '' };
  const done = (async () => {
    const request = { options: { follow: true }, isOpen: () => state.isOpen };
    for await (const part of readContainerLog(clock, file, request)) state.text += Buffer.from(part).toString();
    return state.text;
  })();
  return { state, done };
};
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

it('who follows a log gets its last lines also when the file is removed at once', async () => {
  const file = path.join(directory, 'removed', '0.log');
  const log = createContainerLog(clock, file);
  log.write('stdout', Buffer.from('first\n'));
  const { state, done } = follow(file);
  await until(() => state.text === 'first\n');
  log.write('stdout', Buffer.from('last\n'));
  log.close();
  state.isOpen = false;
  fs.rmSync(path.dirname(file), { recursive: true });
  expect(await done).toBe('first\nlast\n');
});

it('goes on where a log begins anew, and loses nothing of what is older', async () => {
  const file = path.join(directory, 'anew', '0.log');
  const log = createContainerLog(clock, file);
  const { state, done } = follow(file);
  const lines = Array.from({ length: 700 }, (_, at) => `${at} ${'x'.repeat(16_000)}\n`);
  for (const line of lines) log.write('stdout', Buffer.from(line));
  await until(() => state.text.includes('699 '));
  expect(fs.existsSync(`${file}.old`)).toBe(true);
  log.write('stdout', Buffer.from('end\n'));
  log.close();
  state.isOpen = false;
  const text = await done;
  expect(text.match(/^\d+(?= )/gm)).toEqual(lines.map((_, at) => String(at)));
  expect(text.endsWith('end\n')).toBe(true);
});
