/**
 * Whether anybody in a template reads the captured output of a step or task: it is only captured then. @spec WF-TMPL-02
 */
import type { Template } from '../api/template-schema.ts';

const texts = new WeakMap<object, string>();

/** Looks for `steps.<name>.outputs.result` and its spellings in the text of the template. */
export const readsResult = (template: Template, name: string): boolean => {
  const key = template.steps ?? template.dag ?? template;
  const text =
    texts.get(key) ?? JSON.stringify({ steps: template.steps, dag: template.dag, outputs: template.outputs });
  texts.set(key, text);
  if (!text.includes('outputs')) return false;
  return (
    text.includes(`.${name}.outputs.result`) ||
    text.includes(`['${name}'].outputs.result`) ||
    text.includes(`[\\"${name}\\"].outputs.result`) ||
    /(steps|tasks)\[[^'"\\]/.test(text)
  );
};
