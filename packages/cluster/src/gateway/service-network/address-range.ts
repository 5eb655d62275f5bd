/**
 * Makes the addresses of services this machine's own, so that whoever sends to one, from here or from a pod, reaches a
 * listener of this process. Needs Linux, the right to change routes, and `ip`.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { messageOf } from '@argosy/base';

/** The range services get their addresses from. */
const SERVICE_RANGE = '10.96.0.0/16';

/** Whether the range leads here; if not, why, in one line. */
export type AddressRange =
  | { readonly kind: 'open'; close(): Promise<void> }
  | { readonly kind: 'closed'; readonly why: string };

const run = promisify(execFile);

/** Takes the range. Every platform of a machine has a route of its own: the end of one leaves the others theirs. */
export const openAddressRange = async (): Promise<AddressRange> => {
  if (process.platform !== 'linux')
    return { kind: 'closed', why: `addresses of services need Linux, this is ${process.platform}` };
  const taken = takenRoute(await readFile('/proc/net/route', 'utf8').catch(() => ''));
  if (taken !== undefined)
    return {
      kind: 'closed',
      why: `addresses of services, ${SERVICE_RANGE}, lead to interface ${taken} of this machine`,
    };
  await removeStale();
  const route = ['local', SERVICE_RANGE, 'dev', 'lo', 'metric', String(process.pid)];
  try {
    await run('ip', ['route', 'add', ...route]);
  } catch (thrown) {
    return {
      kind: 'closed',
      why: `addresses of services need the right to change routes: ${firstLine(messageOf(thrown))}`,
    };
  }
  return { kind: 'open', close: async () => void (await run('ip', ['route', 'del', ...route]).catch(() => undefined)) };
};

/** A program that was killed could not give its route back. */
const removeStale = async (): Promise<void> => {
  const { stdout } = await run('ip', ['route', 'show', 'table', 'local', SERVICE_RANGE]).catch(() => ({ stdout: '' }));
  const stale = routeOwners(stdout).filter((pid) => !existsSync(`/proc/${pid}`));
  for (const pid of stale)
    await run('ip', ['route', 'del', 'local', SERVICE_RANGE, 'dev', 'lo', 'metric', pid]).catch(() => undefined);
};

/** The metrics of our routes, which are the ids of the programs that made them; from what `ip route show` prints. Pure. */
export const routeOwners = (printed: string): readonly string[] =>
  printed.split('\n').flatMap((line) => / dev lo .*\bmetric (\d+)\b/.exec(line)?.[1] ?? []);

const firstLine = (text: string): string => text.split('\n').filter(Boolean).at(-1) ?? '';

/** The interface to which the machine already sends part of the range, other than its default; from /proc/net/route. Pure. */
export const takenRoute = (table: string): string | undefined => {
  const [base, mask] = [0x0a600000, 0xffff0000];
  for (const line of table.split('\n').slice(1)) {
    const [name, destination, , , , , , lineMask] = line.trim().split(/\s+/);
    if (!name || destination === undefined || lineMask === undefined) continue;
    const [to, bits] = [fromTable(destination), fromTable(lineMask)];
    if (bits === 0 || name === 'lo') continue;
    // One of both contains the other.
    const common = Number(BigInt(mask) & BigInt(bits));
    if ((BigInt(to) & BigInt(common)) === (BigInt(base) & BigInt(common))) return name;
  }
  return undefined;
};

/** The kernel writes addresses as numbers in the machine's byte order, which is the little one on all we run on. */
const fromTable = (hex: string): number => Buffer.from(hex, 'hex').readUInt32LE(0);
