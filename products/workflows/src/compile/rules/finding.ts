/**
 * What is wrong with a spec: the rule that was broken, where, and the sentence. The paths are upstream's
 * (`templates.main.steps[0].a`), so that a message reads like Argo's. @spec WF-VAL
 */

/** A broken rule. `rule` is stable and made for programs, `field` and `message` for people. */
export interface Finding {
  readonly rule: string;
  readonly field: string;
  readonly message: string;
}

/** The sentence upstream prints: `templates.main.container.image may not be empty`. */
export const formatFinding = (finding: Pick<Finding, 'field' | 'message'>): string =>
  `${finding.field} ${finding.message}`;

/** Parts of a spec that are read without a type: what this version does not run is judged too. */
export type Loose = Readonly<Record<string, unknown>>;

/** The elements of a list field that are objects; nothing for anything else. */
export const listOf = (value: unknown): readonly Loose[] =>
  Array.isArray(value) ? value.filter((one): one is Loose => typeof one === 'object' && one !== null) : [];

/** An object field; empty for anything else. */
export const objectOf = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {};

/** A text field; empty for anything else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Whether a text is only known when it runs. */
export const isDynamic = (text: string): boolean => text.includes('{{');
