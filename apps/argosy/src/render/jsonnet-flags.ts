/**
 * The flags of `jsonnet`, as `argosy render` takes them.
 */
import { Failure } from '@argosy/base';
import type { JsonnetSourceOptions } from '@argosy/manifests';

/** Variables as `name=value`, folders of libraries. */
export interface JsonnetFlags {
  readonly extStr: readonly string[];
  readonly extCode: readonly string[];
  readonly tlaStr: readonly string[];
  readonly tlaCode: readonly string[];
  readonly jpath: readonly string[];
}

/** A name and its value. */
export interface Named {
  readonly name: string;
  readonly value: string;
}

/** Reads the flags. Throws Failure `InvalidFlag` for variables without a value. */
export const toJsonnetOptions = (flags: JsonnetFlags): JsonnetSourceOptions => ({
  extVars: [
    ...flags.extStr.map((text) => toNamed('--ext-str', text)),
    ...flags.extCode.map((text) => ({ ...toNamed('--ext-code', text), code: true })),
  ],
  tlas: [
    ...flags.tlaStr.map((text) => toNamed('--tla-str', text)),
    ...flags.tlaCode.map((text) => ({ ...toNamed('--tla-code', text), code: true })),
  ],
  libs: flags.jpath,
});

/** Reads `name=value`. Throws Failure `InvalidFlag`. */
export const toNamed = (flag: string, text: string): Named => {
  const at = text.indexOf('=');
  if (at <= 0) throw new Failure(`${flag} ${JSON.stringify(text)}: use name=value`, { code: 'InvalidFlag' });
  return { name: text.slice(0, at), value: text.slice(at + 1) };
};
