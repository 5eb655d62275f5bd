/**
 * Whether anybody in a template reads the captured output of a step or task: it is only captured then. @spec WF-TMPL-02
 */
import type { Template } from '../../api/template-schema.ts';

/** What was asked of a template before; a run asks for each node. */
interface Reading {
  readonly text: string;
  readonly answers: Map<string, boolean>;
}

const readings = new WeakMap<object, Reading>();

/** Looks for `steps.<name>.outputs.result` and its spellings in the text of the template. */
export const readsResult = (template: Template, name: string): boolean => {
  const reading = readingOf(template);
  const known = reading.answers.get(name);
  if (known !== undefined) return known;
  const answer = isRead(reading.text, name);
  reading.answers.set(name, answer);
  return answer;
};

const readingOf = (template: Template): Reading => {
  const key = template.steps ?? template.dag ?? template;
  const known = readings.get(key);
  if (known) return known;
  const text = JSON.stringify({ steps: template.steps, dag: template.dag, outputs: template.outputs });
  const made = { text, answers: new Map<string, boolean>() };
  readings.set(key, made);
  return made;
};

const isRead = (text: string, name: string): boolean =>
  text.includes('outputs') &&
  (text.includes(`.${name}.outputs.result`) ||
    text.includes(`['${name}'].outputs.result`) ||
    text.includes(`[\\"${name}\\"].outputs.result`) ||
    /(steps|tasks)\[[^'"\\]/.test(text));
