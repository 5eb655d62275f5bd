/**
 * Places that are opened where there is room for them: at the first free address, or when somebody asks.
 */
import { messageOf, type Clock, type Logger } from '@argosy/base';

/** Opens at the first address that is free: other platforms of the machine have theirs. */
export const openFirst = async <T>(
  addresses: readonly string[],
  open: (address: string) => Promise<T>,
  log: Logger,
): Promise<T | undefined> => {
  let why = '';
  for (const address of addresses) {
    try {
      return await open(address);
    } catch (thrown) {
      why = messageOf(thrown);
    }
  }
  log.warn('pods do not reach all of the cluster', { why });
  return undefined;
};

/** What cannot be opened is tried again after this long. */
const RETRY_MS = 60_000;

/** Opens something when it is first asked for; what cannot be opened is told, and tried again a while later. */
export const openOnce = <T extends { close(): Promise<void> }>(
  open: (bridge: string) => Promise<T>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
) => {
  let opened: Promise<T | undefined> | undefined;
  return {
    get: (bridge: () => Promise<string>): Promise<T | undefined> => {
      opened ??= bridge()
        .then(open)
        .catch((thrown: unknown) => {
          log.warn('pods do not reach all of the cluster', { why: messageOf(thrown) });
          clock.setTimer(RETRY_MS, () => {
            opened = undefined;
          });
          return undefined;
        });
      return opened;
    },
    close: async (): Promise<void> => (await opened)?.close(),
  };
};
