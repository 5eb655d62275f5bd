/**
 * Helm's values and parameters as people write and read them.
 * @spec CD-HELM-03, CD-HELM-04, CD-HELM-08, CD-HELM-09; vectors cd-helm-parameters, cd-helm-values-text, cd-helm-flat-values
 */
import { Failure, isObject } from '@argosy/base';
import { toGoValue, writeGoYaml } from '@argosy/expressions';

/** `spec.source.helm.parameters[]`. */
export interface HelmParameter {
  readonly name: string;
  readonly value: string;
  readonly forceString?: boolean;
}

/** `spec.source.helm.fileParameters[]`. */
export interface HelmFileParameter {
  readonly name: string;
  readonly path: string;
}

/** Reads `name=value`; the value may hold equals signs. Throws Failure `InvalidParameter`. */
export const parseHelmParameter = (text: string, forceString = false): HelmParameter => {
  const equals = text.indexOf('=');
  if (equals < 0)
    throw new Failure(`expected helm parameter of the form: param=value, but got ${JSON.stringify(text)}`, {
      code: 'InvalidParameter',
    });
  return { name: text.slice(0, equals), value: text.slice(equals + 1), ...(forceString && { forceString }) };
};

/** The list with an entry set: in the place of one of its name, else at the end. */
export const withFileParameter = (
  list: readonly HelmFileParameter[],
  entry: HelmFileParameter,
): readonly HelmFileParameter[] =>
  list.some(({ name }) => name === entry.name)
    ? list.map((one) => (one.name === entry.name ? entry : one))
    : [...list, entry];

/** A values object as YAML. Throws Failure `InvalidValues` for what is neither an object nor a text. */
export const valuesText = (values: unknown): string => {
  if (isObject(values) || typeof values === 'string') return writeGoYaml(toGoValue(values)).trimEnd();
  throw new Failure('spec.source.helm.valuesObject: must be an object', { code: 'InvalidValues' });
};

/** Values as parameters: `a.b` and `list[0]`, each a text. */
export const flattenValues = (values: unknown, name = ''): Readonly<Record<string, string>> => {
  if (Array.isArray(values))
    return Object.assign({}, ...values.map((item, at) => flattenValues(item, `${name}[${at}]`))) as Record<
      string,
      string
    >;
  if (!isObject(values)) return { [name]: textOf(values) };
  return Object.assign(
    {},
    ...Object.entries(values).map(([key, item]) => flattenValues(item, name === '' ? key : `${name}.${key}`)),
  ) as Record<string, string>;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
