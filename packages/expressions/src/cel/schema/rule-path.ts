/**
 * Paths of rules: the field a rule is about, from where the rule stands. `.spec.names['a.b']`
 * @spec k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go#ValidFieldPath
 */
import { LETTER_ESCAPES } from '../../escape-letters.ts';
import { valuesOf, type RuleSchema } from './rule-schema.ts';

const STEP = /\.([^.[\]]+)|\['((?:[^'\\]|\\[abfnrtv'\\])*)'\]/y;

/** A path as findings have it, `undefined` when the schema has no such field. */
export const resolveRulePath = (text: string, schema: RuleSchema): string | undefined => {
  let current: RuleSchema | undefined = schema;
  let path = '';
  STEP.lastIndex = 0;
  while (STEP.lastIndex < text.length) {
    const match = STEP.exec(text);
    if (!match || !current) return undefined;
    const name =
      match[1] ?? (match[2] ?? '').replace(/\\(.)/g, (_, letter: string) => LETTER_ESCAPES[letter] ?? letter);
    const { properties }: RuleSchema = current;
    if (properties) {
      current = Object.hasOwn(properties, name) ? properties[name] : undefined;
      path = path === '' ? name : `${path}.${name}`;
    } else {
      current = valuesOf(current);
      path = `${path}[${name}]`;
    }
    if (!current) return undefined;
  }
  return path === '' ? undefined : path;
};
