/**
 * Numbers as YAML 1.1 writes them and Go reads them: whole ones of any base within 64 bits, decimal fractions.
 * @spec go.yaml.in/yaml/v2 resolve.go
 */
import { readInteger } from '../parse/literals.ts';

const WORD = /^(?:0|[1-9][0-9]{0,14})$/;
const FIRST = /^[-+]?[0-9]/;
const MAYBE_FLOAT = /^[-+]?_*[.0-9]/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The value of a whole number; none for what is no number, or none that 64 bits hold: that may be a fraction. */
export const readYamlInteger = (text: string): bigint | undefined => {
  if (!FIRST.test(text)) return undefined;
  if (WORD.test(text)) return BigInt(text);
  const value = readInteger(text.replaceAll('_', ''));
  return value !== undefined && value >= -(2n ** 63n) && value < 2n ** 64n ? value : undefined;
};

/** The value of a decimal fraction; none for what is not one, or too large. */
export const readYamlFloat = (text: string): number | undefined => {
  if (!MAYBE_FLOAT.test(text)) return undefined;
  // What begins with a point is read as it stands.
  const plain = text.startsWith('.') ? text : text.replaceAll('_', '');
  if (text.startsWith('_') || !FLOAT.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
};
