/**
 * `$(NAME)` in commands, arguments and values. @spec kubernetes third_party/forked/golang/expansion/expand.go#Expand
 */

import { Failure } from '@argosy/base';

const REFERENCE = /\$(?:\$|\(([^()]*)\))/g;

/**
 * Longest text that references may make, in characters: no system hands a longer one to a program, and variables that
 * name each other twice would double without end. @spec execve(2), MAX_ARG_STRLEN
 */
const LONGEST = 128 * 1024;

/** Replaces known references; unknown ones stay as they are, `$$` writes one dollar sign. Throws a Failure CreateContainerConfigError for what would be too long. Pure. */
export const expandVariables = (text: string, values: Readonly<Record<string, string>>): string =>
  expandReferences(text, (name) => (Object.hasOwn(values, name) ? values[name] : undefined));

/** The same with values as they are looked up. Pure. */
export const expandReferences = (text: string, valueOf: (name: string) => string | undefined): string => {
  let added = 0;
  return text.replace(REFERENCE, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    const value = valueOf(name);
    added += value?.length ?? 0;
    if (added > LONGEST)
      throw new Failure(`$(${name}) makes a text longer than the ${LONGEST} characters a program can be given`, {
        code: 'CreateContainerConfigError',
        retryable: true,
      });
    return value ?? whole;
  });
};

/** The first name a text refers to that is not known. Pure. */
export const unknownVariable = (text: string, values: Readonly<Record<string, string>>): string | undefined =>
  [...text.matchAll(REFERENCE)]
    .map(([, name]) => name)
    .find((name) => name !== undefined && !Object.hasOwn(values, name));
