/**
 * Which credentials of a pod's pull secrets are for an image's registry. Pure.
 * @spec https://kubernetes.io/docs/concepts/containers/images/#config-json
 * @upstream kubernetes pkg/credentialprovider/{config,keyring}.go
 */
import { isObject } from '@argosy/base';
import type { Secret } from '@argosy/kube';

/** Credentials as the engine takes them. */
export interface PullCredentials {
  /** The place they are for: `host[:port][/path]`, parts of the host may have wildcards. */
  readonly place: string;
  readonly username?: string;
  readonly password?: string;
  /** Stands for both in registries that give tokens. */
  readonly identitytoken?: string;
}

const CONFIG_JSON = '.dockerconfigjson';
const CONFIG = '.dockercfg';
/** How the engine's own client names the registry of images that name none. */
const HUB = ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'];

/** Reads the credentials of secrets of both kinds; what cannot be read has none. */
export const readPullSecrets = (secrets: readonly Secret[]): readonly PullCredentials[] =>
  secrets.flatMap((secret) => {
    const newer = parseEntry(secret, CONFIG_JSON);
    const entries = newer === undefined ? parseEntry(secret, CONFIG) : newer['auths'];
    return isObject(entries) ? Object.entries(entries).flatMap(([place, entry]) => toCredentials(place, entry)) : [];
  });

/** The credentials to try for an image, those of the longest place first. `name` is an image's name without tag. */
export const findCredentials = (all: readonly PullCredentials[], name: string): readonly PullCredentials[] => {
  const image = placeOf(withRegistry(name));
  return all
    .filter(({ place }) => isWithin(image, placeOf(place)))
    .toSorted((one, other) => other.place.length - one.place.length);
};

interface Place {
  readonly host: readonly string[];
  readonly port: string;
  readonly path: string;
}

const parseEntry = (secret: Secret, key: string): Readonly<Record<string, unknown>> | undefined => {
  const encoded = secret.data?.[key];
  if (encoded === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(decode(encoded));
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
};

const toCredentials = (place: string, entry: unknown): readonly PullCredentials[] => {
  if (!isObject(entry)) return [];
  const text = (field: string): string | undefined => {
    const value = entry[field];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const joined = decode(text('auth') ?? '');
  const at = joined.indexOf(':');
  const username = text('username') ?? (at > 0 ? joined.slice(0, at) : undefined);
  const password = text('password') ?? (at > 0 ? joined.slice(at + 1) : undefined);
  const identitytoken = text('identitytoken');
  if (identitytoken === undefined && username === undefined) return [];
  return [
    {
      place,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(identitytoken === undefined ? {} : { identitytoken }),
    },
  ];
};

const decode = (encoded: string): string => {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(encoded), (char) => char.charCodeAt(0)));
  } catch {
    return '';
  }
};

/** An image of no registry is the hub's, and one of no owner its library's. */
const withRegistry = (name: string): string => {
  const [first = '', ...rest] = name.split('/');
  if (rest.length === 0) return `docker.io/library/${first}`;
  return first.includes('.') || first.includes(':') || first === 'localhost' ? name : `docker.io/${name}`;
};

const placeOf = (text: string): Place => {
  const bare = text.replace(/^https?:\/\//, '');
  const slash = bare.indexOf('/');
  const [authority, path] = slash < 0 ? [bare, ''] : [bare.slice(0, slash), bare.slice(slash)];
  const [host = '', port = ''] = authority.split(':');
  // The hub's credentials are kept under the address of its older interface.
  if (HUB.includes(host)) return { host: ['docker', 'io'], port: '', path: /^\/v[12]\/?$/.test(path) ? '' : path };
  return { host: host.split('.'), port, path: path.replace(/^\/v[12]\/?$/, '').replace(/\/$/, '') };
};

const isWithin = (image: Place, wanted: Place): boolean =>
  image.port === wanted.port &&
  image.host.length === wanted.host.length &&
  image.host.every((part, at) => matchesPart(part, wanted.host[at] ?? '')) &&
  (wanted.path === '' || image.path === wanted.path || image.path.startsWith(`${wanted.path}/`));

/** A `*` stands for any letters of one part. */
const matchesPart = (part: string, pattern: string): boolean => {
  const escaped = pattern.split('*').map((piece) => piece.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(part);
};
