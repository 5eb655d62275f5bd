/**
 * The formats of `format.named(…)`: what is wrong with a text, nothing when it is right.
 * @spec k8s.io/apiserver/pkg/cel/library/format.go, k8s.io/apimachinery/pkg/util/validation
 */
import { parseMoment } from '../../go-time/moment.ts';
import { urlComplaints } from './urls.ts';

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const tooLong = (text: string, most: number): readonly string[] =>
  text.length > most ? [`must be no more than ${most} characters`] : [];

const shaped =
  (pattern: RegExp, most: number, what: string) =>
  (text: string): readonly string[] => [...tooLong(text, most), ...(pattern.test(text) ? [] : [what])];

const LABEL_TEXT = 'must be lower case letters, digits and dashes, with a letter or digit at both ends';
const SUBDOMAIN_TEXT = 'must be lower case letters, digits, dashes and dots, with a letter or digit at both ends';
const LABEL_1035_TEXT = 'must be lower case letters, digits and dashes, with a letter first and no dash last';
const LABEL_VALUE_TEXT = 'must be empty, or letters, digits, dashes, underscores and dots between letters or digits';
const QUALIFIED_TEXT = 'must be letters, digits, dashes, underscores and dots between letters or digits';

const dns1123Label = shaped(LABEL, 63, LABEL_TEXT);
const dns1123Subdomain = shaped(SUBDOMAIN, 253, SUBDOMAIN_TEXT);
const dns1035Label = shaped(LABEL_1035, 63, LABEL_1035_TEXT);

/** Names that generateName makes longer may end in a dash. */
const asPrefix =
  (format: (text: string) => readonly string[]) =>
  (text: string): readonly string[] =>
    format(text.endsWith('-') ? `${text.slice(0, -1)}a` : text);

const qualifiedName = (text: string): readonly string[] => {
  const parts = text.split('/');
  if (parts.length > 2) return ['must have one slash at most, between a DNS subdomain and a name'];
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  const prefixed =
    prefix === undefined
      ? []
      : prefix === ''
        ? ['prefix part must be non-empty']
        : dns1123Subdomain(prefix).map((one) => `prefix part ${one}`);
  return [
    ...prefixed,
    ...(name === '' ? ['name part must be non-empty'] : []),
    ...(name.length > 63 ? ['name part must be no more than 63 characters'] : []),
    ...(QUALIFIED.test(name) ? [] : [`name part ${QUALIFIED_TEXT}`]),
  ];
};

const labelValue = (text: string): readonly string[] => [
  ...tooLong(text, 63),
  ...(text === '' || QUALIFIED.test(text) ? [] : [LABEL_VALUE_TEXT]),
];

const matching =
  (pattern: RegExp, what: string) =>
  (text: string): readonly string[] =>
    pattern.test(text) ? [] : [what];

const moment =
  (layout: string, what: string) =>
  (text: string): readonly string[] =>
    parseMoment(text, layout, 'UTC').ok ? [] : [what];

/** Formats by name. */
export const FORMATS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  dns1123Label,
  dns1123Subdomain,
  dns1035Label,
  qualifiedName,
  dns1123LabelPrefix: asPrefix(dns1123Label),
  dns1123SubdomainPrefix: asPrefix(dns1123Subdomain),
  dns1035LabelPrefix: asPrefix(dns1035Label),
  labelValue,
  uri: urlComplaints,
  uuid: matching(
    /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/,
    'does not match the UUID format',
  ),
  byte: matching(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/, 'invalid base64'),
  date: moment('2006-01-02', 'invalid date'),
  datetime: moment('2006-01-02T15:04:05.999999999Z07:00', 'invalid datetime'),
};
