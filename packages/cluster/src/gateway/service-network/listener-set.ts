/**
 * The listeners of all services that are open right now.
 */
import { messageOf, type Clock, type Logger } from '@argosy/base';

import type { FailedListener } from './decide-balancer.ts';
import { listenerKey, type ServiceListener } from './decide-listeners.ts';
import { openTcpListener, type OpenListener } from './tcp-listener.ts';
import { openUdpListener } from './udp-listener.ts';

/** Opens, leads and stops listeners. */
export interface ListenerSet {
  /** Makes a service's listeners these; answers which could not be opened. Never rejects. */
  set(service: string, wanted: readonly ServiceListener[]): Promise<readonly FailedListener[]>;
  /** Ends all of them. */
  close(): Promise<void>;
}

/** Creates an empty set. Changes come one after the other, so that an address given up can be taken again. */
export const createListenerSet = (deps: { readonly clock: Clock; readonly log: Logger }): ListenerSet => {
  const open = new Map<string, OpenListener>();
  const byService = new Map<string, ReadonlySet<string>>();
  let turn: Promise<void> = Promise.resolve();
  const apply = async (service: string, wanted: readonly ServiceListener[]): Promise<readonly FailedListener[]> => {
    const failed: FailedListener[] = [];
    const keys = new Set(wanted.map(listenerKey));
    const gone = [...(byService.get(service) ?? [])].filter((key) => !keys.has(key));
    for (const key of gone) {
      open.get(key)?.stop();
      open.delete(key);
    }
    for (const listener of wanted) {
      const known = open.get(listenerKey(listener));
      if (known) known.lead(listener);
      else failed.push(...(await openOne(listener)));
    }
    const own = [...keys].filter((key) => open.has(key) && !failed.some((one) => listenerKey(one.listener) === key));
    if (own.length > 0) byService.set(service, new Set(own));
    else byService.delete(service);
    return failed;
  };
  const openOne = async (listener: ServiceListener): Promise<readonly FailedListener[]> => {
    const openIt = listener.protocol === 'TCP' ? openTcpListener : openUdpListener;
    try {
      open.set(listenerKey(listener), await openIt(deps.clock, listener));
      return [];
    } catch (thrown) {
      const why = messageOf(thrown);
      deps.log.warn('service not reachable', { service: listener.name, at: listenerKey(listener), why });
      return [{ listener, why }];
    }
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.then(
      () => undefined,
      (thrown: unknown) => deps.log.warn('service listeners', { error: messageOf(thrown) }),
    );
    return done;
  };
  return {
    set: (service, wanted) => inTurn(() => apply(service, wanted)).catch(() => []),
    close: () =>
      inTurn(async () => {
        await Promise.all([...open.values()].map((listener) => listener.close()));
        open.clear();
      }),
  };
};
