/**
 * One probe of a container. @upstream kubernetes pkg/kubelet/prober/prober.go
 */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

import { messageOf } from '@argosy/base';
import type { Container, Probe } from '@argosy/kube';

import type { RunningContainer } from '../pod-runtime.ts';

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
      const { exitCode, output } = await target.running.exec(probe.exec.command ?? [], timeoutMs);
      return { passed: exitCode === 0, message: output };
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
    return { passed: false, message: 'not supported yet: grpc probes; use exec, httpGet or tcpSocket' };
  } catch (thrown) {
    return { passed: false, message: messageOf(thrown) };
  }
};

interface Address {
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

const portOf = (container: Container, port: number | string): number => {
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  const number = named ?? Number(port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new Error(`port ${JSON.stringify(port)} is neither a number nor a name in ports`);
};

const probeHttp = (get: NonNullable<Probe['httpGet']>, address: Address): Promise<ProbeResult> =>
  new Promise((resolve, reject) => {
    const request = (get.scheme === 'HTTPS' ? https : http).request({
      host: address.host,
      port: address.port,
      path: get.path ?? '/',
      headers: Object.fromEntries([
        ['User-Agent', 'kube-probe/1.34'],
        ...(get.httpHeaders ?? []).map(({ name, value }) => [name, value]),
      ]),
      rejectUnauthorized: false,
      signal: AbortSignal.timeout(address.timeoutMs),
    });
    request.on('response', (response) => {
      response.resume();
      response.on('error', () => undefined);
      const code = response.statusCode ?? 0;
      const passed = code >= 200 && code < 400;
      resolve({ passed, message: passed ? '' : `HTTP probe failed with statuscode: ${code}` });
      request.destroy();
    });
    request.on('error', reject);
    request.end();
  });

const probeTcp = (address: Address): Promise<ProbeResult> =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ host: address.host, port: address.port, timeout: address.timeoutMs });
    socket.on('connect', () => {
      socket.destroy();
      resolve({ passed: true, message: '' });
    });
    socket.on('timeout', () => socket.destroy(new Error('connection timed out')));
    socket.on('error', reject);
  });
