/**
 * Which addresses and address families a service may ask for, in a cluster that has IPv4 alone.
 * @upstream kubernetes pkg/apis/core/validation/validation.go#ValidateServiceClusterIPsRelatedFields, pkg/registry/core/service/storage/alloc.go#initIPFamilyFields
 */
import { invalidField, type FieldError, type Service, type ServiceSpec } from '@argosy/kube';

/** Whether the list of addresses is none, or the one address. */
export const isOneAddress = ({ clusterIP = '', clusterIPs }: ServiceSpec): boolean => {
  const given = textsOf(clusterIPs);
  if (!isTexts(clusterIPs)) return false;
  return given.length === 0 || (given.length === 1 && given[0] === clusterIP && clusterIP !== '');
};

/** Findings about addresses and families; none about services that have no address. A new one has only been given its. */
export const serviceAddressFindings = (
  { spec }: Service,
  { isNew }: { readonly isNew: boolean },
): readonly FieldError[] => {
  if (!spec || typeof spec !== 'object' || spec.type === 'ExternalName') return [];
  return [...listFindings(spec), ...familyFindings(spec, isNew)];
};

const listFindings = (spec: ServiceSpec): readonly FieldError[] => {
  const given = textsOf(spec.clusterIPs);
  const { clusterIP = '' } = spec;
  if (given.length === 0) return [];
  const wrong = (detail: string): FieldError => ({
    reason: 'FieldValueInvalid',
    field: 'spec.clusterIPs',
    message: `Invalid value: ${goList(given)}: ${detail}`,
  });
  const isHeadless = given[0] === 'None';
  return [
    ...(clusterIP === '' ? [wrong('must be empty when `clusterIP` is not specified')] : []),
    ...(clusterIP !== '' && given[0] !== clusterIP ? [wrong('first value must match `clusterIP`')] : []),
    ...(isHeadless && given.length > 1 ? [wrong("'None' must be the first and only value")] : []),
    ...given.flatMap((address, at) =>
      (at === 0 && isHeadless) || isAddress(address)
        ? []
        : [
            invalidField(
              `spec.clusterIPs[${at}]`,
              address,
              'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
            ),
          ],
    ),
    ...(given.length > 2 ? [wrong('may only hold up to 2 values')] : []),
    ...(!isHeadless && given.length > 1 && given.every(isIPv4)
      ? [wrong('may specify no more than one IP for each IP family')]
      : []),
  ];
};

/** Without a selector nobody but its author knows where a headless service leads: it may have any family. */
const isAuthored = ({ clusterIP, selector }: ServiceSpec): boolean =>
  clusterIP === 'None' && Object.keys(selector ?? {}).length === 0;

const familyFindings = (spec: ServiceSpec, isNew: boolean): readonly FieldError[] => {
  const families = textsOf(spec.ipFamilies);
  const { ipFamilyPolicy: policy, clusterIP = '' } = spec;
  const policyFindings =
    policy === 'SingleStack' && families.length > 1
      ? [
          invalidField(
            'spec.ipFamilyPolicy',
            policy,
            "must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified",
          ),
        ]
      : [];
  if (isAuthored(spec) || policyFindings.length > 0) return policyFindings;
  const foreign = families.flatMap((family, at) => (family === 'IPv6' ? [[at, family] as const] : []));
  return [
    ...(!isNew && families[0] === 'IPv6' && isIPv4(clusterIP)
      ? [invalidField('spec.clusterIPs[0]', clusterIP, 'expected an IPv6 value as indicated by `ipFamilies[0]`')]
      : foreign.map(([at, family]) =>
          invalidField(`spec.ipFamilies[${at}]`, family, 'not configured on this cluster'),
        )),
    ...(policy === 'RequireDualStack'
      ? [invalidField('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services')]
      : []),
  ];
};

/** A headless service without a selector is for both families, unless it says otherwise; every other one is for IPv4. */
export const familiesOf = (spec: ServiceSpec): Pick<ServiceSpec, 'ipFamilies' | 'ipFamilyPolicy'> => {
  const ipFamilyPolicy = spec.ipFamilyPolicy || (isAuthored(spec) ? 'RequireDualStack' : 'SingleStack');
  if (!isTexts(spec.ipFamilies)) return { ...(spec.ipFamilies ? { ipFamilies: spec.ipFamilies } : {}), ipFamilyPolicy };
  const [first = 'IPv4', ...more] = textsOf(spec.ipFamilies);
  if (more.length > 0 || !isAuthored(spec) || ipFamilyPolicy === 'SingleStack')
    return { ipFamilies: [first, ...more], ipFamilyPolicy };
  return { ipFamilies: [first, first === 'IPv4' ? 'IPv6' : 'IPv4'], ipFamilyPolicy };
};

/** What is no list of texts is refused by the schema. */
const isTexts = (list: unknown): boolean =>
  list === undefined || (Array.isArray(list) && list.every((item) => typeof item === 'string'));

const textsOf = (list: unknown): readonly string[] =>
  Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string') : [];

/** A list as upstream shows it. */
export const goList = (texts: readonly string[]): string =>
  `[]string{${texts.map((text) => JSON.stringify(text)).join(', ')}}`;

const isIPv4 = (address: string): boolean => {
  const parts = address.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
};

const isAddress = (address: string): boolean => isIPv4(address) || /^[0-9a-f]*:[0-9a-f:.]*$/i.test(address);
