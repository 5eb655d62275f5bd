/**
 * The last tick of a calendar source, kept in a ConfigMap as upstream keeps it: under `<source>.<event>`, the data of
 * the event. @spec EV-SRC-21
 */
import { isObject, type Instant } from '@argosy/base';
import type { Client } from '@argosy/client';
import { CONFIG_MAPS, isApiError } from '@argosy/kube';

import type { CalendarSource } from '../../api/event-source.ts';
import type { SourcePlan } from '../source-adapter.ts';

/** Keeps the last tick. */
export interface TickRecord {
  /** When it was; `undefined` when none is kept. Throws when the ConfigMap may not be read, or must exist and does not. */
  read(): Promise<Instant | undefined>;
  /** Keeps the data of a tick. */
  write(data: string): Promise<void>;
}

/** The record of a source, if it asks for one. */
export const createTickRecord = (client: Client, plan: SourcePlan<CalendarSource>): TickRecord | undefined => {
  const { configMap } = plan.config.persistence ?? {};
  if (!configMap?.name) return undefined;
  const key = { namespace: plan.namespace, name: configMap.name };
  const entry = `${plan.sourceName}.${plan.eventName}`;
  const ensure = async (): Promise<void> => {
    if (configMap.createIfNotExist !== true) return;
    try {
      await client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: key });
    } catch (thrown) {
      if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
    }
  };
  return {
    read: async () => {
      await ensure();
      return toInstant((await client.get(CONFIG_MAPS, key)).data?.[entry]);
    },
    write: async (data) => {
      const patch = { kind: 'merge', patch: { data: { [entry]: data } } } as const;
      try {
        await client.patch(CONFIG_MAPS, key, patch);
      } catch (thrown) {
        if (!isApiError(thrown, 'NotFound') || configMap.createIfNotExist !== true) throw thrown;
        await ensure();
        await client.patch(CONFIG_MAPS, key, patch);
      }
    },
  };
};

/** Reads `2006-01-02 15:04:05 +0000 UTC`, with whatever Go appends. */
const toInstant = (data: string | undefined): Instant | undefined => {
  if (data === undefined) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    // Somebody else's entry; without a last tick there is nothing to make up for.
    return undefined;
  }
  const text = isObject(parsed) ? String(parsed['eventTime']) : '';
  const parts = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}(?:\.\d+)?) ([+-]\d{2})(\d{2})/.exec(text);
  if (!parts) return undefined;
  const instant = Date.parse(`${parts[1]}T${parts[2]?.slice(0, 12)}${parts[3]}:${parts[4]}`);
  return Number.isNaN(instant) ? undefined : instant;
};
