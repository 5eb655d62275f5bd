/**
 * Kubernetes' messages as tables: which field has which number, type and way to merge. One text per group, read when a
 * message of it is asked for first. @upstream kubernetes staging/src/k8s.io/api/&#42;/types.go
 */
import { ADMISSIONREGISTRATION_V1 } from './tables/admissionregistration-v1.ts';
import { APIEXTENSIONS_V1 } from './tables/apiextensions-v1.ts';
import { APPS_V1 } from './tables/apps-v1.ts';
import { AUTHENTICATION_V1 } from './tables/authentication-v1.ts';
import { AUTHORIZATION_V1 } from './tables/authorization-v1.ts';
import { AUTOSCALING_V1 } from './tables/autoscaling-v1.ts';
import { AUTOSCALING_V2 } from './tables/autoscaling-v2.ts';
import { BATCH_V1 } from './tables/batch-v1.ts';
import { CERTIFICATES_V1 } from './tables/certificates-v1.ts';
import { COORDINATION_V1 } from './tables/coordination-v1.ts';
import { CORE_V1 } from './tables/core-v1.ts';
import { DISCOVERY_V1 } from './tables/discovery-v1.ts';
import { EVENTS_V1 } from './tables/events-v1.ts';
import { FLOWCONTROL_V1 } from './tables/flowcontrol-v1.ts';
import { META } from './tables/meta.ts';
import { NETWORKING_V1 } from './tables/networking-v1.ts';
import { NODE_V1 } from './tables/node-v1.ts';
import { POLICY_V1 } from './tables/policy-v1.ts';
import { RBAC_V1 } from './tables/rbac-v1.ts';
import { SCHEDULING_V1 } from './tables/scheduling-v1.ts';
import { STORAGE_V1 } from './tables/storage-v1.ts';

/** The type of a field: a scalar, a form of its own such as `Quantity`, or a message by its full name. */
export type FieldType =
  | { readonly kind: 'one' | 'list' | 'map'; readonly of: string }
  /** The members of the message stand in the object itself. */
  | { readonly kind: 'inline'; readonly of: string };

/** A field of a message. */
export interface MessageField {
  readonly number: number;
  readonly name: string;
  readonly type: FieldType;
  /** Whether zero and absent differ: Go keeps the field behind a pointer. */
  readonly isPointer: boolean;
  /** Whether Go writes the field even when it is empty. */
  readonly isAlwaysWritten: boolean;
  readonly isRequired: boolean;
  /** `x-kubernetes-list-type`, or `x-kubernetes-map-type` of maps and structs. */
  readonly merging?: 'atomic' | 'granular' | 'set' | 'map';
  readonly listMapKeys?: readonly string[];
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  /** How Go prints the type, where it has a name of its own: `v1.RestartPolicy`, `[]v1.Capability`. */
  readonly goType?: string;
}

/** A message. */
export interface Message {
  /** E.g. `core/v1.Pod`. */
  readonly name: string;
  readonly fields: readonly MessageField[];
  readonly byNumber: ReadonlyMap<number, MessageField>;
  /** Managers own it as a whole. */
  readonly isAtomic: boolean;
}

/** A lookup of messages by full name. Pure but for its own memory. */
export interface MessageTable {
  find(name: string): Message | undefined;
}

/** The name of a kind's message, e.g. `rbac/v1.Role` of `rbac.authorization.k8s.io/v1`. Kinds of other groups have none. */
export const messageNameOf = (apiVersion: string, kind: string): string => {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  // Groups of others may begin with the same word: only names without a dot are in the tables.
  const name = OWN_GROUP.test(group) ? group.split('.')[0] : group;
  return `${name ?? ''}/${version ?? ''}.${kind}`;
};

/** Groups that are Kubernetes' own. */
const OWN_GROUP = /^[a-z]+(?:\.apiserver|\.authorization)?(?:\.k8s\.io)?$/;

const createMessageTable = (): MessageTable => {
  const groups = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const messages = new Map<string, Message | undefined>();
  const parse = (name: string): Message | undefined => {
    const dot = name.lastIndexOf('.');
    const group = name.slice(0, dot);
    const text = Object.hasOwn(TABLES, group) ? TABLES[group] : undefined;
    if (text === undefined) return undefined;
    const rows = groups.get(group) ?? rowsByMessage(text);
    groups.set(group, rows);
    const lines = rows.get(name.slice(dot + 1));
    return lines && parseMessage(group, name, lines);
  };
  return {
    find: (name) => {
      const known = messages.get(name);
      if (known || messages.has(name)) return known;
      const found = parse(name);
      messages.set(name, found);
      return found;
    },
  };
};

/** The built-in messages. A group's text is taken apart when a message of it is asked for first, a message's lines when it is. */
export const MESSAGES: MessageTable = createMessageTable();

const TABLES: Readonly<Record<string, string>> = {
  meta: META,
  'core/v1': CORE_V1,
  'apps/v1': APPS_V1,
  'batch/v1': BATCH_V1,
  'autoscaling/v1': AUTOSCALING_V1,
  'autoscaling/v2': AUTOSCALING_V2,
  'policy/v1': POLICY_V1,
  'rbac/v1': RBAC_V1,
  'networking/v1': NETWORKING_V1,
  'authorization/v1': AUTHORIZATION_V1,
  'authentication/v1': AUTHENTICATION_V1,
  'coordination/v1': COORDINATION_V1,
  'discovery/v1': DISCOVERY_V1,
  'events/v1': EVENTS_V1,
  'scheduling/v1': SCHEDULING_V1,
  'storage/v1': STORAGE_V1,
  'node/v1': NODE_V1,
  'flowcontrol/v1': FLOWCONTROL_V1,
  'certificates/v1': CERTIFICATES_V1,
  'admissionregistration/v1': ADMISSIONREGISTRATION_V1,
  'apiextensions/v1': APIEXTENSIONS_V1,
};

/** A name begins a message; the indented lines below are its fields. */
const rowsByMessage = (text: string): ReadonlyMap<string, readonly string[]> => {
  const rows = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.trim().split('\n')) {
    if (line.startsWith(' ')) current.push(line.trim());
    else rows.set(line, (current = []));
  }
  return rows;
};

const parseMessage = (group: string, name: string, lines: readonly string[]): Message => {
  const fields = lines.filter((line) => line !== 'atomic').map((line) => parseField(group, line));
  return {
    name,
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    isAtomic: lines.includes('atomic'),
  };
};

const MERGING: ReadonlySet<string> = new Set(['atomic', 'granular', 'set']);

const parseField = (group: string, line: string): MessageField => {
  const [number = '', name = '', type = '', ...flags] = line.split(' ');
  const keys = flags.find((flag) => flag.startsWith('map:'))?.slice(4);
  const goType = flags.find((flag) => flag.startsWith('go:'))?.slice(3);
  const [strategy, mergeKey] =
    flags
      .find((flag) => flag.startsWith('patch:'))
      ?.slice(6)
      .split('/') ?? [];
  const merging = keys === undefined ? flags.find((flag) => MERGING.has(flag)) : 'map';
  return {
    number: Number(number),
    name,
    type: name === '...' ? { kind: 'inline', of: fullName(group, type) } : parseType(group, type),
    isPointer: flags.includes('?'),
    isAlwaysWritten: flags.includes('!'),
    isRequired: flags.includes('required'),
    ...(merging ? { merging: merging as MessageField['merging'] & string } : {}),
    ...(keys ? { listMapKeys: keys.split(',') } : {}),
    ...(strategy ? { patchStrategy: strategy } : {}),
    ...(mergeKey ? { patchMergeKey: mergeKey } : {}),
    ...(goType ? { goType } : {}),
  };
};

const parseType = (group: string, type: string): FieldType => {
  if (type.startsWith('[')) return { kind: 'list', of: fullName(group, type.slice(1, -1)) };
  if (type.startsWith('{')) return { kind: 'map', of: fullName(group, type.slice(1, -1)) };
  return { kind: 'one', of: fullName(group, type) };
};

const PLAIN = new Set(
  'string int32 int64 bool bytes double Time MicroTime Duration Raw Json Quantity IntOrString Items SchemaOrList SchemaOrFlag SchemaOrTexts'.split(
    ' ',
  ),
);

/** Names without a group are of the same group. */
const fullName = (group: string, name: string): string =>
  PLAIN.has(name) || name.includes('.') ? name : `${group}.${name}`;
