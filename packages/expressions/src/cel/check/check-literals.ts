/**
 * Literals that can be seen to be wrong before anything runs: patterns, times, formats.
 * @spec https://github.com/google/cel-go/blob/master/cel/validator.go
 */
import type { CelNode } from '../syntax/ast.ts';
import { CelError } from '../cel-error.ts';
import { formatClause, parsePattern } from '../library/format-text.ts';
import { compilePattern } from '../library/regex.ts';
import { parseSpan, parseTimestamp } from '../library/standard.ts';
import type { CelIssue } from './check.ts';

type Call = Extract<CelNode, { kind: 'call' }>;

const READERS: Readonly<Record<string, (text: string) => unknown>> = {
  matches: compilePattern,
  timestamp: parseTimestamp,
  duration: parseSpan,
};

/** What is wrong with the literals of a call. */
export const literalIssues = (node: Call): readonly CelIssue[] => {
  if (node.name === 'format' && node.target) return formatIssues(node, node.target);
  const read = Object.hasOwn(READERS, node.name) ? READERS[node.name] : undefined;
  const text = node.args.at(-1);
  if (!read || text?.kind !== 'literal' || typeof text.value !== 'string') return [];
  const { value, at } = text;
  return failureOf(() => read(value)) === undefined ? [] : [{ at, message: `invalid ${node.name} argument` }];
};

const failureOf = (run: () => unknown): string | undefined => {
  try {
    run();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof CelError) return thrown.message;
    throw thrown;
  }
};

const formatIssues = (node: Call, target: CelNode): readonly CelIssue[] => {
  const [args] = node.args;
  if (target.kind !== 'literal' || typeof target.value !== 'string' || args?.kind !== 'list') return [];
  const pattern = target.value;
  const broken = failureOf(() => parsePattern(pattern));
  if (broken !== undefined) return [{ at: node.at, message: broken }];
  const clauses = parsePattern(pattern).flatMap((part) => (typeof part === 'string' ? [] : [part]));
  const given = args.items.length;
  if (given < clauses.length) return [{ at: node.at, message: `index ${given} out of range` }];
  if (given > clauses.length)
    return [
      {
        at: node.at,
        message: `too many arguments supplied to string.format (expected ${clauses.length}, got ${given})`,
      },
    ];
  return clauses.flatMap((clause, index) => {
    const arg = args.items[index]?.value;
    // Of texts for numbers, some are taken when it runs.
    if (arg?.kind !== 'literal' || (typeof arg.value === 'string' && 'fe'.includes(clause.verb))) return [];
    const message = failureOf(() => formatClause(clause, arg.value));
    return message === undefined ? [] : [{ at: arg.at, message }];
  });
};
