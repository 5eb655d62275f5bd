/**
 * Requests to one cluster: connections that carry the certificate of the moment, headers that carry the rest.
 */
import { Agent, ProxyAgent, request, type Dispatcher } from 'undici';

import { Failure, messageOf } from '@argosy/base';

import type { ClusterAccess, Credentials, Impersonation } from './cluster-access.ts';

/** A request, without what proves who asks. */
export interface ServerCall {
  readonly method: Dispatcher.HttpMethod;
  /** From the server's root, with the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Sends requests. */
export interface Connections {
  /** Answers whatever the server says. Throws Failure `Unreachable`, or that of the credentials. */
  send(call: ServerCall): Promise<Dispatcher.ResponseData>;
  close(): Promise<void>;
}

/** Longest wait for an answer that is no watch, in milliseconds: the API server's own limit. */
const ANSWER_TIMEOUT_MS = 60_000;

/** Connects lazily: nothing is sent before the first call. */
export const createConnections = (access: ClusterAccess): Connections => {
  const impersonation = access.impersonate ? impersonationHeaders(access.impersonate) : {};
  let open: { readonly certificate: string | undefined; readonly agent: Dispatcher } | undefined;
  /** A new certificate needs new connections; the former ones end with what still goes over them. */
  const agentFor = (credentials: Credentials): Dispatcher => {
    const { clientCertificate: certificate } = credentials;
    if (open && open.certificate === certificate) return open.agent;
    void open?.agent.close();
    open = { certificate, agent: createAgent(access, credentials) };
    return open.agent;
  };
  const sendAs = async (call: ServerCall, credentials: Credentials): Promise<Dispatcher.ResponseData> => {
    try {
      return await request(`${access.server}${call.path}`, {
        dispatcher: agentFor(credentials),
        method: call.method,
        headers: { ...call.headers, ...impersonation, ...authorization(credentials) },
        ...(call.body === undefined ? {} : { body: call.body }),
        ...(call.signal ? { signal: call.signal } : {}),
      });
    } catch (thrown) {
      throw new Failure(`reach ${access.server}: ${messageOf(thrown)}`, {
        code: 'Unreachable',
        retryable: true,
        cause: thrown,
      });
    }
  };
  return {
    send: async (call) => {
      const credentials = await access.credentials.current();
      const response = await sendAs(call, credentials);
      if (response.statusCode !== 401 || !access.credentials.refused(credentials)) return response;
      await response.body.dump();
      return sendAs(call, await access.credentials.current());
    },
    close: async () => {
      await open?.agent.destroy();
    },
  };
};

const createAgent = (access: ClusterAccess, credentials: Credentials): Dispatcher => {
  const tls = {
    ...(access.authority ? { ca: access.authority } : {}),
    ...(access.serverName ? { servername: access.serverName } : {}),
    ...(access.skipVerification ? { rejectUnauthorized: false } : {}),
    ...(credentials.clientCertificate ? { cert: credentials.clientCertificate } : {}),
    ...(credentials.clientKey ? { key: credentials.clientKey } : {}),
  };
  const limits = { headersTimeout: ANSWER_TIMEOUT_MS, bodyTimeout: 0 };
  return access.proxy
    ? new ProxyAgent({ uri: access.proxy, requestTls: tls, ...limits })
    : new Agent({ connect: tls, ...limits });
};

const authorization = ({ token, basic }: Credentials): Readonly<Record<string, string>> => {
  if (token) return { authorization: `Bearer ${token}` };
  if (!basic) return {};
  return { authorization: `Basic ${Buffer.from(`${basic.username}:${basic.password}`).toString('base64')}` };
};

const impersonationHeaders = (as: Impersonation): Readonly<Record<string, string | string[]>> => ({
  'impersonate-user': as.user,
  ...(as.uid ? { 'impersonate-uid': as.uid } : {}),
  ...(as.groups.length > 0 ? { 'impersonate-group': [...as.groups] } : {}),
  ...Object.fromEntries(
    Object.entries(as.extra).map(
      ([key, values]) => [`impersonate-extra-${encodeURIComponent(key).toLowerCase()}`, [...values]] as const,
    ),
  ),
});
