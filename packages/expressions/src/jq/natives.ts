/**
 * All built-ins that are not written in jq itself.
 */
import type { Natives } from './machine.ts';
import { MATH_NATIVES } from './native-math.ts';
import { TEXT_NATIVES } from './native-texts.ts';
import { TIME_NATIVES } from './native-times.ts';
import { VALUE_NATIVES } from './native-values.ts';
import { SPECIAL_FORMS } from './special-forms.ts';

/** Built-ins by `name/count`. */
export const NATIVES: Natives = {
  ...VALUE_NATIVES,
  ...TEXT_NATIVES,
  ...MATH_NATIVES,
  ...TIME_NATIVES,
  ...SPECIAL_FORMS,
};
