import { describe, expect, it } from 'vitest';

import { formatLogLine, parseLogLine, renderLogLine, selectLogLines } from './log-lines.ts';

const at = Date.parse('2026-01-02T03:04:05.678Z');
const lines = [0, 1, 2].map((second) => ({ time: at + second * 1000, timestamp: `t${second}`, text: `${second}\n` }));

describe('log lines', () => {
  it('writes the form of the CRI and reads it back', () => {
    const line = formatLogLine(at, 'stderr', { text: 'a  b', whole: true });
    expect(line).toBe('2026-01-02T03:04:05.678000000Z stderr F a  b\n');
    expect(parseLogLine(line.trimEnd())).toEqual({
      time: at,
      timestamp: '2026-01-02T03:04:05.678000000Z',
      text: 'a  b\n',
    });
  });
  it.each([
    { reason: 'everything', options: {}, expected: ['0\n', '1\n', '2\n'] },
    { reason: 'tail', options: { tailLines: 2 }, expected: ['1\n', '2\n'] },
    { reason: 'tail of none', options: { tailLines: 0 }, expected: [] },
    { reason: 'since seconds', options: { sinceSeconds: 1 }, expected: ['1\n', '2\n'] },
    { reason: 'timestamps', options: { timestamps: true, tailLines: 1 }, expected: ['t2 2\n'] },
  ])('$reason', ({ options, expected }) =>
    expect(selectLogLines(lines, options, at + 2000).map((line) => renderLogLine(line, options))).toEqual(expected),
  );
});
