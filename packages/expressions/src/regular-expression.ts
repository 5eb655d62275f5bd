/**
 * Regular expressions of manifests: RE2 syntax in linear time, so an untrusted pattern cannot stall the program.
 * @spec https://github.com/google/re2/wiki/Syntax
 */
import { messageOf, fail, ok, type Result } from '@argosy/base';
import { RE2JS } from 're2js';

/** A compiled pattern. */
export interface RegularExpression {
  /** Whether the pattern occurs anywhere in the text. */
  test(text: string): boolean;
}

/** Compiles an RE2 pattern; the error says what is wrong with it. */
export const compileRegularExpression = (pattern: string): Result<RegularExpression> => {
  try {
    const compiled = RE2JS.compile(pattern);
    return ok({ test: (text) => compiled.matcher(text).find() });
  } catch (thrown) {
    return fail(`error parsing regexp: ${messageOf(thrown)}`);
  }
};
