/**
 * The two ways in which YAML is written: as sigs.k8s.io/yaml does, and as yaml/v3.
 */
import { formatFloat } from '../format/float.ts';
import { GoError } from '../values.ts';
import { compareKeys, comparePrettyKeys } from './key-order.ts';

/** How lines, lists, keys and floats are written. */
export interface YamlStyle {
  /** Lines longer than this are folded at a space. */
  readonly width: number;
  readonly indentsLists: boolean;
  readonly compareKeys: (left: string, right: string) => number;
  readonly floatOf: (value: number) => string;
}

/** As Helm's `toYaml`: lists not indented under their keys, long lines folded. */
export const PLAIN: YamlStyle = {
  width: 80,
  indentsLists: false,
  compareKeys,
  floatOf: (value) => jsonFloat(value),
};

/** As yaml/v3: lists indented under their keys, long lines whole, floats as they are. */
export const PRETTY: YamlStyle = {
  width: Number.POSITIVE_INFINITY,
  indentsLists: true,
  compareKeys: comparePrettyKeys,
  floatOf: (value) =>
    formatFloat(value, 'g', -1)
      .replace(/^([+-]?)Inf$/, (_, sign: string) => `${sign === '-' ? '-' : ''}.inf`)
      .replace('NaN', '.nan'),
};

/** Numbers pass through JSON first, so that whole ones become integers again. */
const jsonFloat = (value: number): string => {
  if (!Number.isFinite(value)) throw new GoError(`json: unsupported value: ${formatFloat(value, 'g', -1)}`);
  if (Object.is(value, -0)) return '-0';
  const isWhole = Number.isInteger(value) && Math.abs(value) < 1e21;
  if (isWhole && value >= -(2 ** 63) && value < 2 ** 64) return String(BigInt(value));
  return formatFloat(value, 'g', -1);
};
