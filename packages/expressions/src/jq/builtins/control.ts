/**
 * Built-ins that end a run or ask about the program and its surroundings; the surroundings are empty.
 * @spec github.com/itchyny/gojq func.go
 */
import { JqHalt, userError } from '../jq-error.ts';
import type { Natives } from '../run/machine.ts';
import { textOf } from './formats.ts';
import { native } from './native.ts';

/** Built-ins by `name/count`. */
export const CONTROL_NATIVES: Natives = {
  'builtins/0': native(() => []),
  'debug/0': native((input) => input),
  'env/0': native(() => ({})),
  'error/0': native((input) => {
    throw userError(input);
  }),
  'error/1': native((_, [value = null]) => {
    throw userError(value);
  }),
  'halt/0': native(() => {
    throw new JqHalt('halt error: null');
  }),
  'halt_error/0': native((input) => {
    throw new JqHalt(`halt error: ${textOf(input)}`);
  }),
  'halt_error/1': native((input) => {
    throw new JqHalt(`halt error: ${textOf(input)}`);
  }),
  'not/0': native((input) => input === null || input === false),
  'stderr/0': native((input) => input),
};
