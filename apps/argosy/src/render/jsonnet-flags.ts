/**
 * The flags of `jsonnet`, as `argosy render` takes them.
 */
import { Failure } from '@argosy/base';
import type { JsonnetArgument, JsonnetSourceOptions } from '@argosy/manifests';

/** Variables as `name=value`, folders of libraries. */
export interface JsonnetFlags {
  readonly extStr: readonly string[];
  readonly extCode: readonly string[];
  readonly tlaStr: readonly string[];
  readonly tlaCode: readonly string[];
  readonly jpath: readonly string[];
}

/** Reads the flags. Throws Failure `InvalidFlag` for variables without a value. */
export const toJsonnetOptions = (flags: JsonnetFlags): JsonnetSourceOptions => ({
  extVars: [
    ...flags.extStr.map((text) => toArgument('--ext-str', text)),
    ...flags.extCode.map((text) => ({ ...toArgument('--ext-code', text), code: true })),
  ],
  tlas: [
    ...flags.tlaStr.map((text) => toArgument('--tla-str', text)),
    ...flags.tlaCode.map((text) => ({ ...toArgument('--tla-code', text), code: true })),
  ],
  libs: flags.jpath,
});

const toArgument = (flag: string, text: string): JsonnetArgument => {
  const at = text.indexOf('=');
  if (at <= 0) throw new Failure(`${flag} ${JSON.stringify(text)}: use name=value`, { code: 'InvalidFlag' });
  return { name: text.slice(0, at), value: text.slice(at + 1) };
};
