/**
 * All built-ins that are not written in jq itself.
 */
import type { Natives } from '../run/machine.ts';
import { COLLECTION_NATIVES } from './collections.ts';
import { CONTROL_NATIVES } from './control.ts';
import { CONVERSION_NATIVES } from './conversions.ts';
import { MATH_NATIVES } from './math.ts';
import { ORDERING_NATIVES } from './ordering.ts';
import { PLACE_NATIVES } from './places.ts';
import { SPECIAL_FORMS } from './special-forms.ts';
import { TEXT_NATIVES } from './texts.ts';
import { TIME_NATIVES } from './times/times.ts';

/** Built-ins by `name/count`. */
export const NATIVES: Natives = {
  ...COLLECTION_NATIVES,
  ...CONTROL_NATIVES,
  ...CONVERSION_NATIVES,
  ...MATH_NATIVES,
  ...ORDERING_NATIVES,
  ...PLACE_NATIVES,
  ...TEXT_NATIVES,
  ...TIME_NATIVES,
  ...SPECIAL_FORMS,
};
