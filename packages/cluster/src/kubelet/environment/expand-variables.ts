/**
 * `$(NAME)` in commands, arguments and values. @spec kubernetes third_party/forked/golang/expansion/expand.go#Expand
 */

const REFERENCE = /\$(?:\$|\(([^()]*)\))/g;

/** Replaces known references; unknown ones stay as they are, `$$` writes one dollar sign. Pure. */
export const expandVariables = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(REFERENCE, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(values, name) ? (values[name] ?? '') : whole;
  });

/** The first name a text refers to that is not known. Pure. */
export const unknownVariable = (text: string, values: Readonly<Record<string, string>>): string | undefined =>
  [...text.matchAll(REFERENCE)]
    .map(([, name]) => name)
    .find((name) => name !== undefined && !Object.hasOwn(values, name));
