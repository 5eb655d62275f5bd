import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { buildPauseArchive } from './pause-image.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const own = ARCHITECTURES[process.arch];

describe('the pause image', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'argosy-pause-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it.skipIf(process.platform !== 'linux' || own === undefined)(
    'holds a program that runs until it is ended',
    async () => {
      const unpacked = spawnSync('tar', ['-x', '-C', folder], { input: buildPauseArchive(own ?? '') });
      expect(unpacked.stderr.toString()).toBe('');
      const program = spawn(path.join(folder, 'pause'));
      await new Promise((resolve) => program.on('spawn', resolve));
      const ended = new Promise((resolve) => program.on('exit', (code, signal) => resolve([code, signal])));
      // Asleep in its own code, and not merely about to begin.
      await vi.waitFor(() => expect(fs.readFileSync(`/proc/${program.pid}/stat`, 'utf8')).toContain('(pause) S'));
      program.kill('SIGTERM');
      expect(await ended).toEqual([null, 'SIGTERM']);
    },
  );
  it('refuses processors it knows no program for', () =>
    expect(() => buildPauseArchive('s390x')).toThrow('this one says s390x: use --runtime process'));
});
