/**
 * Rules of how a pod resolves names.
 * @upstream k8s.io/kubernetes/pkg/apis/core/validation/validation.go#validatePodDNSConfig, #ValidateHostAliases
 */
import { validateDns1123Subdomain } from '../../names/dns-names.ts';
import { invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';
import { addressFindings, problemsOf, subdomainFindings, textsAt } from '../findings.ts';

/** What resolvers of Linux take. */
const MAX_NAME_SERVERS = 3;
const MAX_SEARCH_PATHS = 32;
const MAX_SEARCH_CHARACTERS = 2048;

/** Findings of `dnsConfig`, and of a policy that needs one. */
export const validateDnsConfig = (spec: Draft, path: string): readonly FieldError[] => {
  const at = `${path}.dnsConfig`;
  const config = objectAt(spec, 'dnsConfig');
  const servers = textsAt(config, 'nameservers');
  if (spec['dnsPolicy'] === 'None') {
    if (spec['dnsConfig'] === undefined)
      return [requiredField(at, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (servers.length === 0)
      return [requiredField(`${at}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
  }
  if (spec['dnsConfig'] === undefined) return [];
  return [
    ...(servers.length > MAX_NAME_SERVERS
      ? [
          invalidField(
            `${at}.nameservers`,
            config['nameservers'],
            `must not have more than ${MAX_NAME_SERVERS} nameservers`,
          ),
        ]
      : []),
    ...servers.flatMap(([index, server]) => addressFindings(`${at}.nameservers[${index}]`, server)),
    ...searchFindings(config, `${at}.searches`),
    ...itemsAt(config, 'options').flatMap(([index, option]) =>
      textAt(option, 'name') === '' ? [requiredField(`${at}.options[${index}]`, 'must not be empty')] : [],
    ),
  ];
};

/** Findings of lines a pod wants in its hosts file. */
export const validateHostAliases = (spec: Draft, path: string): readonly FieldError[] =>
  itemsAt(spec, 'hostAliases').flatMap(([index, alias]) => {
    const at = `${path}.hostAliases[${index}]`;
    return [
      ...addressFindings(`${at}.ip`, textAt(alias, 'ip')),
      ...textsAt(alias, 'hostnames').flatMap(([place, name]) => subdomainFindings(`${at}.hostnames[${place}]`, name)),
    ];
  });

const searchFindings = (config: Draft, path: string): readonly FieldError[] => {
  const searches = textsAt(config, 'searches');
  const characters = searches.map(([, search]) => search).join(' ').length;
  return [
    ...(searches.length > MAX_SEARCH_PATHS
      ? [invalidField(path, config['searches'], `must not have more than ${MAX_SEARCH_PATHS} search paths`)]
      : []),
    ...(characters > MAX_SEARCH_CHARACTERS
      ? [
          invalidField(
            path,
            config['searches'],
            `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`,
          ),
        ]
      : []),
    ...searches.flatMap(([index, search]) => {
      const name = search.endsWith('.') ? search.slice(0, -1) : search;
      return problemsOf(`${path}[${index}]`, name, validateDns1123Subdomain(name));
    }),
  ];
};
