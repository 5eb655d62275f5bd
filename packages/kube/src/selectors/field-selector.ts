/**
 * Field selectors: `metadata.name=x,status.phase!=Running`. @spec k8s.io/apimachinery/pkg/fields/selector.go
 */
import { fail, ok, type Result } from '@argosy/base';

/** One requirement on a field. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** Reads a field selector. The empty text selects everything. A backslash escapes `,`, `=` and itself in values. */
export const parseFieldSelector = (text: string): Result<readonly FieldRequirement[]> => {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const match = /^([^!=]*?)(!=|==|=)(.*)$/s.exec(term);
    if (!match) return fail(`invalid selector: '${text}'; can't understand '${term}'`);
    const value = unescapeValue(match[3] ?? '');
    if (!value.ok) return fail(value.error);
    requirements.push({ field: match[1] ?? '', operator: match[2] === '!=' ? '!=' : '=', value: value.value });
  }
  return ok(requirements);
};

/** Tells whether all requirements hold. The getter gives a field's text, or `undefined` (which compares as empty). */
export const matchesFieldSelector = (
  requirements: readonly FieldRequirement[],
  getField: (field: string) => string | undefined,
): boolean => requirements.every((one) => ((getField(one.field) ?? '') === one.value) === (one.operator === '='));

/** The first field of a selector that a resource does not offer, or `undefined`. */
export const unsupportedSelectorField = (
  requirements: readonly FieldRequirement[],
  supported: readonly string[],
): string | undefined => requirements.find((one) => !supported.includes(one.field))?.field;

const splitTerms = (text: string): readonly string[] => text.match(/(?:\\[\s\S]|[^,\\]|\\$)+/g) ?? [];

const unescapeValue = (text: string): Result<string> => {
  const bad = /\\(?:[^\\,=]|$)/.exec(text) ?? /(?<!\\)(?:\\\\)*=/.exec(text);
  return bad
    ? fail(`invalid field selector: invalid escape sequence or unescaped "=" in ${JSON.stringify(text)}`)
    : ok(text.replaceAll(/\\([\\,=])/g, '$1'));
};
