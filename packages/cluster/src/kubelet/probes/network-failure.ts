/**
 * Why an address could not be reached, in the words users of Kubernetes know. @upstream go net.OpError
 */
import { messageOf } from '@argosy/base';

/** Where a probe goes, and for how long, in milliseconds. */
export interface ProbedAddress {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

/** Thrown by whatever takes longer than a probe may. */
export const TIMED_OUT = 'ETIMEDOUT';

/** Host and port as one text. Pure. */
export const formatAddress = ({ host, port }: Pick<ProbedAddress, 'host' | 'port'>): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** What went wrong when connecting. Pure. */
export const dialFailure = (thrown: unknown, address: ProbedAddress): string => {
  const dial = `dial tcp ${formatAddress(address)}`;
  switch (codeOf(thrown)) {
    case 'ECONNREFUSED':
      return `${dial}: connect: connection refused`;
    case 'EHOSTUNREACH':
      return `${dial}: connect: no route to host`;
    case 'ENETUNREACH':
      return `${dial}: connect: network is unreachable`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `dial tcp: lookup ${address.host}: no such host`;
    case TIMED_OUT:
      return `${dial}: i/o timeout`;
    default:
      return messageOf(thrown);
  }
};

/** What went wrong with a request. Pure. */
export const requestFailure = (thrown: unknown, url: string, address: ProbedAddress): string => {
  const code = codeOf(thrown);
  const why =
    code === TIMED_OUT
      ? 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'
      : code === 'ECONNRESET'
        ? 'EOF'
        : dialFailure(thrown, address);
  return `Get ${JSON.stringify(url)}: ${why}`;
};

const codeOf = (thrown: unknown): string | undefined => {
  if (!(thrown instanceof Error)) return undefined;
  if (thrown.name === 'AbortError' || thrown.name === 'TimeoutError') return TIMED_OUT;
  const { code } = thrown as NodeJS.ErrnoException;
  return code;
};
