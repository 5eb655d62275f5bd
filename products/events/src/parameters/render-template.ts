/**
 * Go templates with Sprig over a part of an event, as filters and parameters write them: `{{ .Input.body.x | upper }}`.
 * @spec EV-FLT-06, EV-TRG-11
 */
import { fail, ok, type Json, type Result } from '@argosy/base';
import { compileGoTemplate, renderGoTemplate, SPRIG_TEMPLATE_FUNCTIONS, TemplateFailure } from '@argosy/expressions';

/** Renders a template with `.Input`. A result that is empty or `<no value>` is a failure, upstream too. */
export const renderEventTemplate = (text: string, input: Json): Result<string> => {
  const template = compileGoTemplate('event', text, { functions: SPRIG_TEMPLATE_FUNCTIONS });
  if (!template.ok) return fail(template.error.message);
  try {
    const rendered = renderGoTemplate(template.value, { Input: input });
    return rendered === '' || rendered === '<no value>'
      ? fail(`template ${JSON.stringify(text)} gives nothing`)
      : ok(rendered);
  } catch (thrown) {
    if (thrown instanceof TemplateFailure) return fail(thrown.message);
    throw thrown;
  }
};
