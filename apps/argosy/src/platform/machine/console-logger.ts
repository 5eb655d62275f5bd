/** Log lines for people: time, level, sentence, fields. */
import type { LogFields, Logger } from '@argosy/base';

/** Levels in order of weight. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** A level. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Creates a logger that writes lines of at least this level. */
export const createConsoleLogger = (
  to: { write(text: string): unknown },
  least: LogLevel,
  fields: LogFields = {},
): Logger => {
  const write = (level: LogLevel, message: string, own: LogFields = {}): void => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return;
    const all = Object.entries({ ...fields, ...own }).filter(([, value]) => value !== undefined);
    const told = all.map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : JSON.stringify(value)}`,
    );
    to.write(`${new Date().toISOString()} ${level} ${[message, ...told].join(' ')}\n`);
  };
  return {
    debug: (message, own) => write('debug', message, own),
    info: (message, own) => write('info', message, own),
    warn: (message, own) => write('warn', message, own),
    error: (message, own) => write('error', message, own),
    with: (more) => createConsoleLogger(to, least, { ...fields, ...more }),
  };
};
