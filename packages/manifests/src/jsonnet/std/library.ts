/**
 * The library, `std`: all of its functions, and what depends on the run.
 * @spec https://jsonnet.org/ref/stdlib.html (0.21)
 */
import type { Machine } from '../runtime/machine.ts';
import type { Field, JsonnetObject } from '../runtime/object.ts';
import { createObject, withArticle } from '../runtime/operations.ts';
import { problem, type Value } from '../runtime/values.ts';
import { ENCODING_FUNCTIONS } from './encoding-functions.ts';
import { JOIN_FUNCTIONS } from './join-functions.ts';
import { LIST_FUNCTIONS } from './list-functions.ts';
import { MANIFEST_FUNCTIONS } from './manifest-functions.ts';
import { toFunction, type Natives } from './native.ts';
import { NUMBER_FUNCTIONS } from './number-functions.ts';
import { OBJECT_FUNCTIONS } from './object-functions.ts';
import { SET_FUNCTIONS } from './set-functions.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';

const FUNCTIONS: Natives = {
  ...ENCODING_FUNCTIONS,
  ...JOIN_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...SET_FUNCTIONS,
  ...MANIFEST_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...OBJECT_FUNCTIONS,
  ...TEXT_FUNCTIONS,
};

/** The library as a file of a run sees it. `external` gives the value of an external variable, if there is one. */
export const createLibrary = (
  machine: Machine,
  of: { readonly file: string; external(name: string): Value | undefined },
): JsonnetObject => {
  const fields = new Map(sharedFields());
  const own: Natives = {
    extVar: [
      'x',
      (call) => {
        const value = of.external(call.text(0));
        if (value === undefined) throw call.fail(`there is no external variable ${call.text(0)}`);
        return value;
      },
    ],
    native: [
      'x',
      (call) => {
        const name = call.value(0);
        if (typeof name !== 'string') throw problem(`std.native: the name is a string, not ${withArticle(name)}`);
        // What nobody has given is null: programs ask so whether a function is there.
        return null;
      },
    ],
  };
  for (const [name, native] of Object.entries(own))
    fields.set(
      name,
      constant(() => toFunction(name, native)),
    );
  fields.set(
    'thisFile',
    constant(() => of.file),
  );
  return createObject(machine, [{ fields, environment: undefined, asserts: [] }]);
};

let shared: ReadonlyMap<string, Field> | undefined;

/** Made at the first run, and never again: functions know nothing of a run. */
const sharedFields = (): ReadonlyMap<string, Field> => {
  shared ??= new Map<string, Field>([
    ...Object.entries(FUNCTIONS).map(([name, native]) => {
      const value = toFunction(name, native);
      return [name, constant(() => value)] as const;
    }),
    ['pi', constant(() => Math.PI)],
  ]);
  return shared;
};

const constant = (compute: () => Value): Field => ({
  visibility: 'hidden',
  isAdding: false,
  place: undefined,
  compute,
});
