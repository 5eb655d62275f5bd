/**
 * One probe of a container. @upstream kubernetes pkg/kubelet/prober/prober.go
 */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

import { messageOf } from '@argosy/base';
import type { Container, Probe } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';
import { dialFailure, formatAddress, requestFailure, TIMED_OUT, type ProbedAddress } from './network-failure.ts';
import { probeGrpc } from './probe-grpc.ts';

/** How a probe went. */
export interface ProbeResult {
  readonly passed: boolean;
  readonly message: string;
}

/** Runs a probe once; never throws. */
export const runProbe = async (
  probe: Probe,
  target: { readonly container: Container; readonly running: RunningContainer; readonly podIP: string },
): Promise<ProbeResult> => {
  const timeoutMs = (probe.timeoutSeconds ?? 1) * 1000;
  const { container, podIP } = target;
  try {
    if (probe.exec) {
      const command = probe.exec.command ?? [];
      const { exitCode, output, timedOut } = await target.running.exec(command, timeoutMs);
      const late = `command ${JSON.stringify(command.join(' '))} timed out`;
      return { passed: exitCode === 0, message: timedOut ? late : output };
    }
    if (probe.httpGet)
      return await probeHttp(probe.httpGet, {
        host: probe.httpGet.host ?? podIP,
        port: portOf(container, probe.httpGet.port),
        timeoutMs,
      });
    if (probe.tcpSocket)
      return await probeTcp({
        host: probe.tcpSocket.host ?? podIP,
        port: portOf(container, probe.tcpSocket.port),
        timeoutMs,
      });
    if (probe.grpc) return await probeGrpc(probe.grpc.service ?? '', { host: podIP, port: probe.grpc.port, timeoutMs });
    return { passed: false, message: 'the probe names nothing to do: set exec, httpGet, tcpSocket or grpc' };
  } catch (thrown) {
    return { passed: false, message: messageOf(thrown) };
  }
};

const portOf = (container: Container, port: number | string): number => {
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  const number = named ?? Number(port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new Error(`port ${JSON.stringify(port)} is neither a number nor a name in ports`);
};

/** Places a probe is sent on to at most. */
const MOST_REDIRECTS = 10;

const probeHttp = async (get: NonNullable<Probe['httpGet']>, address: ProbedAddress): Promise<ProbeResult> => {
  const ends = AbortSignal.timeout(address.timeoutMs);
  const scheme = get.scheme === 'HTTPS' ? 'https' : 'http';
  const { path = '/' } = get;
  let url = new URL(`${scheme}://${formatAddress(address)}${path.startsWith('/') ? '' : '/'}${path}`);
  for (let left = MOST_REDIRECTS; ; left -= 1) {
    const { code, location } = await requestOnce(url, { get, signal: ends }).catch((thrown: unknown) => {
      throw new Error(requestFailure(thrown, url.href, address));
    });
    const next = location === undefined ? undefined : urlOf(location, url);
    // Who is sent to another host has an answer, and it is no failure.
    if (next?.hostname === url.hostname && left > 0 && FOLLOWED.has(code)) {
      url = next;
      continue;
    }
    const passed = code >= 200 && code < 400;
    return { passed, message: passed ? '' : `HTTP probe failed with statuscode: ${code}` };
  }
};

const FOLLOWED = new Set([301, 302, 303, 307, 308]);

const urlOf = (location: string, base: URL): URL | undefined =>
  URL.canParse(location, base.href) ? new URL(location, base) : undefined;

const requestOnce = (
  url: URL,
  { get, signal }: { readonly get: NonNullable<Probe['httpGet']>; readonly signal: AbortSignal },
): Promise<{ readonly code: number; readonly location: string | undefined }> =>
  new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      headers: Object.fromEntries([
        ['User-Agent', 'kube-probe/1.32'],
        ['Accept', '*/*'],
        ...(get.httpHeaders ?? []).map(({ name, value }) => [name, value]),
      ]),
      rejectUnauthorized: false,
      signal,
    });
    request.on('response', (response) => {
      response.resume();
      response.on('error', () => undefined);
      resolve({ code: response.statusCode ?? 0, location: response.headers.location });
      request.destroy();
    });
    request.on('error', reject);
    request.end();
  });

const probeTcp = (address: ProbedAddress): Promise<ProbeResult> =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ host: address.host, port: address.port, timeout: address.timeoutMs });
    socket.on('connect', () => {
      socket.destroy();
      resolve({ passed: true, message: '' });
    });
    socket.on('timeout', () => socket.destroy(Object.assign(new Error('timed out'), { code: TIMED_OUT })));
    socket.on('error', (error) => reject(new Error(dialFailure(error, address))));
  });
