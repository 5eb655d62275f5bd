/**
 * Sprig 3: every function it documents. Those that would read the environment, the network or make keys exist and refuse.
 * @spec https://masterminds.github.io/sprig/
 */
import type { GoFunctions } from '../values.ts';
import { CRYPTO_FUNCTIONS } from './crypto-functions.ts';
import { DATE_FUNCTIONS } from './times/dates.ts';
import { DEFAULT_FUNCTIONS } from './defaults.ts';
import { DICT_FUNCTIONS } from './collections/dicts.ts';
import { LIST_FUNCTIONS } from './collections/lists.ts';
import { NUMBER_FUNCTIONS } from './numbers/numbers.ts';
import { PATH_FUNCTIONS } from './paths.ts';
import { RANDOM_FUNCTIONS } from './random.ts';
import { REFUSED_FUNCTIONS } from './refused.ts';
import { REGEX_FUNCTIONS } from './text/regex.ts';
import { SEMVER_FUNCTIONS } from './semver-functions.ts';
import { STRING_FUNCTIONS } from './text/strings.ts';
import { URL_FUNCTIONS } from './urls.ts';

/** Sprig's functions by name, for `compileGoTemplate`. */
export const SPRIG_TEMPLATE_FUNCTIONS: GoFunctions = {
  ...STRING_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...DICT_FUNCTIONS,
  ...DEFAULT_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...PATH_FUNCTIONS,
  ...REGEX_FUNCTIONS,
  ...SEMVER_FUNCTIONS,
  ...URL_FUNCTIONS,
  ...CRYPTO_FUNCTIONS,
  ...RANDOM_FUNCTIONS,
  ...REFUSED_FUNCTIONS,
};
