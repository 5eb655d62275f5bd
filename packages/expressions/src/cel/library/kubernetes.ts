/**
 * Quantities, versions and named formats.
 * @spec k8s.io/apiserver/pkg/cel/library/quantity.go, semverlib.go, format.go
 */
import { parseQuantity } from '@argosy/base';

import {
  compareVersions,
  parseStrictVersion,
  parseVersion,
  type SemanticVersion,
} from '../../template/semver/version.ts';
import { CelError } from '../cel-error.ts';
import { CelList, CelOpaque, CelOptional, type CelValue } from '../values/cel-value.ts';
import { declare, type CelOverload } from './overloads.ts';
import { FORMATS } from './named-formats.ts';
import { URLS } from './urls.ts';

const NANO = 1_000_000_000n;

const quantityValue = (nanos: bigint): CelOpaque => new CelOpaque('kubernetes.Quantity', nanos, String(nanos));

const quantity = (text: string): CelOpaque => {
  const nanos = parseQuantity(text);
  if (nanos === undefined)
    throw new CelError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  return quantityValue(nanos);
};

// Only the functions here make these types, hence the casts.
const nanosOf = (value: CelValue | undefined): bigint => (value as CelOpaque).inner as bigint;
const sign = (value: bigint): bigint => (value > 0n ? 1n : value < 0n ? -1n : 0n);

const isWholeQuantity = (nanos: bigint): boolean =>
  nanos % NANO === 0n && BigInt.asIntN(64, nanos / NANO) === nanos / NANO;

const asInteger = (nanos: bigint): bigint => {
  if (!isWholeQuantity(nanos)) throw new CelError('cannot convert value to integer');
  return nanos / NANO;
};

const quantities: readonly CelOverload[] = [
  declare('quantity(string) -> kubernetes.Quantity', ([text]) => quantity(text as string)),
  declare('isQuantity(string) -> bool', ([text]) => parseQuantity(text as string) !== undefined),
  declare('sign(kubernetes.Quantity) -> int', ([value]) => sign(nanosOf(value))),
  declare('kubernetes.Quantity.isGreaterThan(kubernetes.Quantity) -> bool', ([a, b]) => nanosOf(a) > nanosOf(b)),
  declare('kubernetes.Quantity.isLessThan(kubernetes.Quantity) -> bool', ([a, b]) => nanosOf(a) < nanosOf(b)),
  declare('kubernetes.Quantity.compareTo(kubernetes.Quantity) -> int', ([a, b]) => sign(nanosOf(a) - nanosOf(b))),
  declare('kubernetes.Quantity.asApproximateFloat() -> double', ([value]) => Number(nanosOf(value)) / 1e9),
  declare('kubernetes.Quantity.asInteger() -> int', ([value]) => asInteger(nanosOf(value))),
  declare('kubernetes.Quantity.isInteger() -> bool', ([value]) => isWholeQuantity(nanosOf(value))),
  declare('kubernetes.Quantity.add(kubernetes.Quantity) -> kubernetes.Quantity', ([a, b]) =>
    quantityValue(nanosOf(a) + nanosOf(b)),
  ),
  declare('kubernetes.Quantity.add(int) -> kubernetes.Quantity', ([a, b]) =>
    quantityValue(nanosOf(a) + (b as bigint) * NANO),
  ),
  declare('kubernetes.Quantity.sub(kubernetes.Quantity) -> kubernetes.Quantity', ([a, b]) =>
    quantityValue(nanosOf(a) - nanosOf(b)),
  ),
  declare('kubernetes.Quantity.sub(int) -> kubernetes.Quantity', ([a, b]) =>
    quantityValue(nanosOf(a) - (b as bigint) * NANO),
  ),
];

const version = (text: string, isLoose: boolean): SemanticVersion => {
  const parsed = isLoose ? parseVersion(text.replace(/^v/, '')) : parseStrictVersion(text);
  if (!parsed.ok) throw new CelError(parsed.error);
  return parsed.value;
};

const versionValue = (text: string, isLoose = false): CelOpaque => {
  const parsed = version(text, isLoose);
  const { major, minor, patch, prerelease, metadata } = parsed;
  return new CelOpaque('kubernetes.Semver', parsed, [major, minor, patch, prerelease, metadata].join(' '));
};

const versionOf = (value: CelValue | undefined): SemanticVersion => (value as CelOpaque).inner as SemanticVersion;
const isVersion = (text: string, isLoose: boolean): boolean =>
  (isLoose ? parseVersion(text.replace(/^v/, '')) : parseStrictVersion(text)).ok;

const versions: readonly CelOverload[] = [
  declare('semver(string) -> kubernetes.Semver', ([text]) => versionValue(text as string)),
  declare('semver(string, bool) -> kubernetes.Semver', ([text, isLoose]) =>
    versionValue(text as string, isLoose === true),
  ),
  declare('isSemver(string) -> bool', ([text]) => isVersion(text as string, false)),
  declare('isSemver(string, bool) -> bool', ([text, isLoose]) => isVersion(text as string, isLoose === true)),
  declare('kubernetes.Semver.major() -> int', ([value]) => versionOf(value).major),
  declare('kubernetes.Semver.minor() -> int', ([value]) => versionOf(value).minor),
  declare('kubernetes.Semver.patch() -> int', ([value]) => versionOf(value).patch),
  declare(
    'kubernetes.Semver.isGreaterThan(kubernetes.Semver) -> bool',
    ([a, b]) => compareVersions(versionOf(a), versionOf(b)) > 0,
  ),
  declare(
    'kubernetes.Semver.isLessThan(kubernetes.Semver) -> bool',
    ([a, b]) => compareVersions(versionOf(a), versionOf(b)) < 0,
  ),
  declare('kubernetes.Semver.compareTo(kubernetes.Semver) -> int', ([a, b]) =>
    BigInt(compareVersions(versionOf(a), versionOf(b))),
  ),
];

const formatValue = (name: string): CelOpaque => new CelOpaque('kubernetes.NamedFormat', name, name);

const formats: readonly CelOverload[] = [
  ...Object.keys(FORMATS).map((name) =>
    declare(`format::${name}() -> kubernetes.NamedFormat`, () => formatValue(name)),
  ),
  declare('format::named(string) -> optional(kubernetes.NamedFormat)', ([name]) =>
    Object.hasOwn(FORMATS, name as string)
      ? new CelOptional({ value: formatValue(name as string) })
      : new CelOptional(),
  ),
  declare('kubernetes.NamedFormat.validate(string) -> optional(list(string))', ([format, text], meter) => {
    meter.spend((text as string).length / 10);
    const complaints = FORMATS[(format as CelOpaque).identity]?.(text as string) ?? [];
    return complaints.length === 0 ? new CelOptional() : new CelOptional({ value: new CelList(complaints) });
  }),
];

/** Kubernetes' own functions. */
export const KUBERNETES: readonly CelOverload[] = [...quantities, ...URLS, ...versions, ...formats];
