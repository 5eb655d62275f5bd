/**
 * Runs a command inside a container and waits for it.
 */
import { messageOf, type Clock } from '@argosy/base';

import type { ExecOutcome } from '../../pod-runtime.ts';
import type { Engine } from './engine.ts';
import { readFrames } from './frames.ts';

/** Output that is kept, in characters. */
const KEPT_OUTPUT = 10 * 1024;

/** Runs a command; never throws. 124 stands for one that took too long, 126 for one that did not run. */
export const runInContainer = async (
  engine: Engine,
  clock: Clock,
  request: { readonly containerId: string; readonly command: readonly string[]; readonly timeoutMs: number },
): Promise<ExecOutcome> => {
  const timeout = new AbortController();
  const cancel = clock.setTimer(request.timeoutMs, () => timeout.abort());
  try {
    return await runToEnd(engine, request, timeout.signal);
  } catch (thrown) {
    if (timeout.signal.aborted)
      return { exitCode: 124, output: `command timed out after ${request.timeoutMs} ms`, timedOut: true };
    return { exitCode: 126, output: messageOf(thrown) };
  } finally {
    cancel();
  }
};

const runToEnd = async (
  engine: Engine,
  request: { readonly containerId: string; readonly command: readonly string[] },
  signal: AbortSignal,
): Promise<ExecOutcome> => {
  const { Id: id } = (await engine.call({
    method: 'POST',
    path: `/containers/${request.containerId}/exec`,
    body: { Cmd: request.command, AttachStdout: true, AttachStderr: true },
    signal,
  })) as { readonly Id: string };
  const chunks = await engine.stream({
    method: 'POST',
    path: `/exec/${id}/start`,
    body: { Detach: false, Tty: false },
    signal,
  });
  let output = '';
  for await (const { content } of readFrames(chunks))
    output = (output + content.toString('utf8')).slice(0, KEPT_OUTPUT);
  const ended = (await engine.call({ method: 'GET', path: `/exec/${id}/json`, signal })) as {
    readonly ExitCode?: number | null;
  };
  return { exitCode: ended.ExitCode ?? 126, output };
};
