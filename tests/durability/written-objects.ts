/**
 * Writers that know what they were told: every acknowledged state of their objects, and the one write that may or may
 * not have happened when the platform was killed.
 */
import type { HttpClient } from '@argosy/client';
import { CONFIG_MAPS, isApiError, type ConfigMap } from '@argosy/kube';

/** Where the objects are. */
export const NAMESPACE = 'default';
/** How their names begin. */
export const PREFIX = 'durable-';

/** What may be there of one object; `undefined` is that it is gone. */
export interface KnownObject {
  readonly acknowledged: string | undefined;
  readonly version: number;
  /** Set while a write is on its way: what it would leave. */
  readonly pending?: { readonly text: string | undefined };
}

/** What the writers know. */
export interface WriteLedger {
  readonly objects: Map<string, KnownObject>;
  /** Versions of acknowledged creations and updates. */
  readonly versions: number[];
  /** Writes that were begun, and those that were acknowledged. */
  begun: number;
  acknowledged: number;
}

/** Creates an empty ledger. */
export const createLedger = (): WriteLedger => ({ objects: new Map(), versions: [], begun: 0, acknowledged: 0 });

/** Creates, changes and deletes objects of its own, one write at a time, until the platform is gone. */
export const writeUntilGone = async (client: HttpClient, ledger: WriteLedger, writer: string): Promise<void> => {
  for (let at = 0; ; at += 1) {
    const name = `${PREFIX}${writer}-${at}`;
    const isAlive = (await put(client, ledger, name)) && (await put(client, ledger, name));
    if (!isAlive || (at % 3 === 0 && !(await remove(client, ledger, name)))) return;
  }
};

const put = async (client: HttpClient, ledger: WriteLedger, name: string): Promise<boolean> => {
  const known = ledger.objects.get(name);
  const text = `${(ledger.begun += 1)}`;
  const object: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: NAMESPACE, ...(known ? { resourceVersion: String(known.version) } : {}) },
    data: { text, padding: 'x'.repeat(500) },
  };
  return attempt(ledger, name, text, async () => {
    const written = known ? await client.update(CONFIG_MAPS, object) : await client.create(CONFIG_MAPS, object);
    const version = Number(written.metadata.resourceVersion);
    ledger.versions.push(version);
    return version;
  });
};

const remove = (client: HttpClient, ledger: WriteLedger, name: string): Promise<boolean> =>
  attempt(ledger, name, undefined, async () => {
    await client.delete(CONFIG_MAPS, { namespace: NAMESPACE, name });
    return ledger.objects.get(name)?.version ?? 0;
  });

/** Notes the write before and after; a refusal by the living platform is an error of the test. */
const attempt = async (
  ledger: WriteLedger,
  name: string,
  text: string | undefined,
  write: () => Promise<number>,
): Promise<boolean> => {
  const known = ledger.objects.get(name) ?? { acknowledged: undefined, version: 0 };
  ledger.objects.set(name, { ...known, pending: { text } });
  try {
    ledger.objects.set(name, { acknowledged: text, version: await write() });
    ledger.acknowledged += 1;
    return true;
  } catch (thrown) {
    if (isApiError(thrown)) throw thrown;
    return false;
  }
};

/** Compares what is there with what was told; returns what contradicts, and settles what was open. */
export const contradictions = (ledger: WriteLedger, there: ReadonlyMap<string, ConfigMap>): readonly string[] => {
  const found: string[] = [];
  for (const [name, { acknowledged, pending, version }] of ledger.objects) {
    const object = there.get(name);
    const text = object?.data?.['text'];
    const isTold = text === acknowledged || (pending !== undefined && text === pending.text);
    if (!isTold) found.push(`${name}: ${acknowledged ?? 'gone'} was acknowledged, ${text ?? 'nothing'} is there`);
    const now = Number(object?.metadata.resourceVersion ?? version);
    if (now < version) found.push(`${name}: version went back from ${version} to ${now}`);
    ledger.objects.set(name, { acknowledged: text, version: now });
  }
  return found;
};
