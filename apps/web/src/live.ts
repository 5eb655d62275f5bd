/**
 * Objects live from the platform: server-sent events into a map, shown at most every 100 ms.
 */
import { useEffect, useState } from 'react';

/** An object as the stream sends it. */
export interface LiveObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly creationTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** What the page knows. */
export interface Live {
  readonly objects: readonly LiveObject[];
  /** Everything that existed has arrived. */
  readonly ready: boolean;
  /** The line is open. When it is not, what is shown is as of `asOf`. */
  readonly connected: boolean;
  readonly asOf: number;
}

type Message = { readonly put: LiveObject } | { readonly remove: { readonly kind: string; readonly key: string } };

const SHOW_EVERY_MS = 100;

/** Follows the stream. After a lost line the browser connects again and everything is sent anew. */
export const useLive = (): Live => {
  const [live, setLive] = useState<Live>({ objects: [], ready: false, connected: false, asOf: Date.now() });
  useEffect(() => {
    const objects = new Map<string, LiveObject>();
    let state = { ready: false, connected: false };
    let timer: number | undefined;
    const show = (): void => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        setLive({ objects: [...objects.values()].sort(byName), ...state, asOf: Date.now() });
      }, SHOW_EVERY_MS);
    };
    const source = new EventSource('/api/v1/live');
    source.addEventListener('open', () => {
      objects.clear();
      state = { ready: false, connected: true };
    });
    source.addEventListener('error', () => {
      state = { ...state, connected: false };
      show();
    });
    source.addEventListener('object', (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as Message;
      if ('put' in message) objects.set(`${message.put.kind} ${keyOf(message.put)}`, message.put);
      else objects.delete(`${message.remove.kind} ${message.remove.key}`);
      if (state.ready) show();
    });
    source.addEventListener('ready', () => {
      state = { ready: true, connected: true };
      show();
    });
    return () => {
      source.close();
      window.clearTimeout(timer);
    };
  }, []);
  return live;
};

/** `namespace/name`. */
export const keyOf = ({ metadata }: LiveObject): string =>
  metadata.namespace ? `${metadata.namespace}/${metadata.name ?? ''}` : (metadata.name ?? '');

const byName = (left: LiveObject, right: LiveObject): number => keyOf(left).localeCompare(keyOf(right));
