/**
 * The names a tag may hold at a place, and the tags of a value that hold others. Tags below other prefixes than ours
 * are the container's business and pass. @spec WF-VAR-04, WF-VAR-10, WF-VAL-04
 */
import { isObject } from '@argosy/base';
import { parseExpression, splitTags } from '@argosy/expressions';

import type { Finding } from './finding.ts';

/** Names known exactly, and beginnings below which every name counts as known. */
export interface KnownNames {
  readonly exact: ReadonlySet<string>;
  readonly open: readonly string[];
}

/** Joins. */
export const joinNames = (...all: readonly KnownNames[]): KnownNames => ({
  exact: new Set(all.flatMap((one) => [...one.exact])),
  open: all.flatMap((one) => one.open),
});

/** Names from lists. */
export const namesOf = (exact: Iterable<string>, open: readonly string[] = []): KnownNames => ({
  exact: new Set(exact),
  open,
});

const OURS = /^(item|steps|inputs|outputs|pod|node|workflow|tasks)\./;

/** Findings for every tag in a value, however deep. `explain` may say better than "failed to resolve" why not. */
export const judgeTags = (
  field: string,
  value: unknown,
  known: KnownNames,
  explain?: (name: string) => Finding | undefined,
): readonly Finding[] =>
  textsOf(value).flatMap((text) => {
    if (!text.includes('{{')) return [];
    const parts = splitTags(text);
    if (!parts.ok) return [{ rule: 'tag unclosed', field, message: parts.error }];
    return parts.value.flatMap((part): readonly Finding[] => {
      if (part.kind !== 'tag') return [];
      if (part.content.startsWith('=')) return judgeExpression(field, part.content.slice(1));
      const name = part.content.trim();
      if (!OURS.test(name) || isKnown(known, name)) return [];
      return [explain?.(name) ?? unresolved(field, name)];
    });
  });

/** Judges the syntax of an expression; what it reads is only known when it runs. */
export const judgeExpression = (field: string, expression: string): readonly Finding[] => {
  const parsed = parseExpression(expression);
  return parsed.ok
    ? []
    : [{ rule: 'expression', field, message: `expression ${JSON.stringify(expression)}: ${parsed.error.message}` }];
};

const EXIT_ONLY = ['workflow.status', 'workflow.failures'];

const unresolved = (field: string, name: string): Finding =>
  EXIT_ONLY.includes(name)
    ? {
        rule: 'unresolved-reference only-in-exit-handler',
        field,
        message: `failed to resolve {{${name}}}: it is only known in exit handlers and hooks of the workflow`,
      }
    : { rule: 'unresolved-reference', field, message: `failed to resolve {{${name}}}` };

const isKnown = (known: KnownNames, name: string): boolean =>
  known.exact.has(name) || known.open.some((prefix) => name.startsWith(prefix));

const textsOf = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return isObject(value) ? Object.values(value).flatMap(textsOf) : [];
};
