/**
 * Names of releases: what is allowed, and names made by a template.
 * @upstream helm pkg/chartutil/validate_name.go#ValidateReleaseName, pkg/action/install.go#TemplateName
 */
import { Failure } from '@argosy/base';
import { compileGoTemplate, renderGoTemplate, SPRIG_TEMPLATE_FUNCTIONS, TemplateFailure } from '@argosy/expressions';

import type { HelmOptions } from './helm-options.ts';

/** Longest name of a release: room for what charts append within a label's 63 characters. */
const LONGEST = 53;
const PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$';
const VALID = new RegExp(PATTERN);
const DEFAULT = 'release-name';

/** The release's name. Throws Failure `InvalidReleaseName`. */
export const resolveReleaseName = (options: HelmOptions): string => {
  if (options.releaseName !== undefined && options.nameTemplate !== undefined)
    throw invalid('cannot set --name-template and also specify a name');
  const name = options.nameTemplate === undefined ? (options.releaseName ?? DEFAULT) : fromTemplate(options);
  if (name === '') throw invalid('release name "": no name provided');
  if (name.length <= LONGEST && VALID.test(name)) return name;
  throw invalid(
    `release name ${JSON.stringify(name)}: invalid release name, must match regex ${PATTERN} and the length must not be longer than ${LONGEST}`,
  );
};

const fromTemplate = ({ nameTemplate = '', ports }: HelmOptions): string => {
  const compiled = compileGoTemplate('name-template', nameTemplate, { functions: SPRIG_TEMPLATE_FUNCTIONS });
  if (!compiled.ok) throw invalid(compiled.error.message);
  try {
    return renderGoTemplate(compiled.value, undefined, { ...(ports && { ports }) });
  } catch (thrown) {
    if (!(thrown instanceof TemplateFailure)) throw thrown;
    throw invalid(thrown.message);
  }
};

const invalid = (problem: string): Failure => new Failure(problem, { code: 'InvalidReleaseName' });
