/**
 * Functions that only a chart's templates have, beside Sprig's and those of formats.
 * @upstream helm pkg/engine/engine.go, pkg/engine/funcs.go
 */
import { messageOf } from '@argosy/base';
import {
  goFunction,
  GoError,
  goMap,
  HELM_FORMAT_FUNCTIONS,
  SPRIG_TEMPLATE_FUNCTIONS,
  TemplateFailure,
  toGoValue,
  type CallContext,
  type GoFunctions,
  type GoValue,
} from '@argosy/expressions';

import { CERTIFICATE_FUNCTIONS } from '../certificates/certificate-functions.ts';

/** Objects of the cluster a chart is rendered for; one object, a List, or nothing. */
export type Lookup = (
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
) => Readonly<Record<string, unknown>> | undefined;

/** Marks what an author says by `fail` and `required`: it is told without the places it passed through. */
export class ChartRefusal extends GoError {}

/** All functions of a chart's templates. */
export const createHelmFunctions = (lookup: Lookup | undefined): GoFunctions => {
  const { env: _env, expandenv: _expandenv, ...sprig } = SPRIG_TEMPLATE_FUNCTIONS;
  return {
    ...sprig,
    ...HELM_FORMAT_FUNCTIONS,
    ...CERTIFICATE_FUNCTIONS,
    include: goFunction(['string', 'any'], ([name, data], context) => context.render(name, data)),
    tpl: goFunction(['string', 'any'], ([text, data], context) => renderText(text, data, context)),
    required: goFunction(['string', 'any'], ([warning, value]) => {
      if (value === null || value === undefined || value === '') throw new ChartRefusal(warning);
      return value;
    }),
    fail: goFunction(['string'], ([message]) => {
      throw new ChartRefusal(message);
    }),
    lookup: goFunction(['string', 'string', 'string', 'string'], ([apiVersion, kind, namespace, name]) =>
      toGoValue(lookup?.(apiVersion, kind, namespace, name) ?? goMap([])),
    ),
    getHostByName: goFunction(['string'], () => ''),
  };
};

/** What has no value prints as nothing. */
export const withoutNoValue = (text: string): string => text.replaceAll('<no value>', '');

const renderText = (text: string, data: GoValue, context: CallContext): string => {
  try {
    return withoutNoValue(context.renderText(text, data));
  } catch (thrown) {
    if (!(thrown instanceof TemplateFailure) || thrown.code === 'template.budget') throw thrown;
    const what = thrown.code === 'template.parse' ? 'cannot parse template' : 'error during tpl function execution for';
    throw new TplFailure(`${what} ${JSON.stringify(text)}: ${messageOf(thrown)}`, thrown);
  }
};

/** A failure inside of `tpl`; the cause keeps what the author said. */
class TplFailure extends GoError {
  override readonly cause: unknown;

  constructor(message: string, cause: unknown) {
    super(message);
    this.cause = cause;
  }
}
