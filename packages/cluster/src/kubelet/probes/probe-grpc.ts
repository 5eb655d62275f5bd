/**
 * Asks a server of the gRPC health protocol how it is. @spec https://github.com/grpc/grpc/blob/master/doc/health-checking.md
 * @upstream kubernetes pkg/probe/grpc/grpc.go
 */
import http2 from 'node:http2';

import { messageOf } from '@argosy/base';

import { formatAddress, type ProbedAddress } from './network-failure.ts';
import type { ProbeResult } from './run-probe.ts';

const METHOD = '/grpc.health.v1.Health/Check';
/** Values of HealthCheckResponse.ServingStatus. */
const STATUSES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
/** Codes of gRPC. */
const UNIMPLEMENTED = 12;
/** Bytes; a HealthCheckResponse has seven with what frames it. */
const LONGEST_ANSWER = 4096;

/** Asks once about a service; the empty one is the server as a whole. Never rejects. */
export const probeGrpc = (service: string, address: ProbedAddress): Promise<ProbeResult> =>
  new Promise((resolve) => {
    const to = formatAddress(address);
    const within = `within ${address.timeoutMs / 1000}s`;
    const session = http2.connect(`http://${to}`);
    let isConnected = false;
    const end = (passed: boolean, message: string): void => {
      clearTimeout(timer);
      session.destroy();
      resolve({ passed, message });
    };
    const timer = setTimeout(() => {
      const missed = isConnected
        ? `timeout: health rpc did not complete ${within}`
        : `timeout: failed to connect service ${JSON.stringify(to)} ${within}: context deadline exceeded`;
      end(false, missed);
    }, address.timeoutMs);
    session.on('connect', () => (isConnected = true));
    session.on('error', (error) =>
      end(false, `error: failed to connect service at ${JSON.stringify(to)}: ${messageOf(error)}`),
    );
    void check(session, service).then(
      ({ passed, message }) => end(passed, message),
      (thrown: unknown) => end(false, `error: health rpc probe failed: ${messageOf(thrown)}`),
    );
  });

const check = (session: http2.ClientHttp2Session, service: string): Promise<ProbeResult> =>
  new Promise((resolve, reject) => {
    const call = session.request({
      ':method': 'POST',
      ':path': METHOD,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'kube-probe/1.32',
    });
    const parts: Buffer[] = [];
    const heads: Record<string, unknown> = {};
    const note = (headers: object): void => void Object.assign(heads, headers);
    call.on('response', note);
    call.on('trailers', note);
    let size = 0;
    call.on('data', (part: Buffer) => {
      size += part.length;
      // The pod decides what it sends, and until when.
      if (size > LONGEST_ANSWER) return reject(new Error(`the answer is longer than ${LONGEST_ANSWER} bytes`));
      parts.push(part);
    });
    call.on('error', reject);
    call.on('end', () => resolve(judge(heads, Buffer.concat(parts))));
    call.end(frame(service));
  });

/** A message of gRPC: not compressed, its length, then field 1 of HealthCheckRequest when there is something to say. */
const frame = (service: string): Buffer => {
  const name = Buffer.from(service);
  const body = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a]), varint(name.length), name]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
};

const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
};

const judge = (heads: Readonly<Record<string, unknown>>, answer: Buffer): ProbeResult => {
  const code = Number(heads['grpc-status'] ?? Number.NaN);
  const message = heads['grpc-message'];
  const said = typeof message === 'string' ? percentDecoded(message) : '';
  if (code === UNIMPLEMENTED)
    return {
      passed: false,
      message: `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${said}`,
    };
  if (code !== 0)
    return {
      passed: false,
      message: `error: health rpc probe failed: rpc error: code = ${Number.isNaN(code) ? `HTTP ${String(heads[':status'])}` : code} desc = ${said}`,
    };
  // Field 1 of HealthCheckResponse; absent it is 0.
  const status = answer[5] === 0x08 ? (answer[6] ?? 0) : 0;
  if (status === 1) return { passed: true, message: '' };
  return { passed: false, message: `service unhealthy (responded with ${JSON.stringify(STATUSES[status] ?? status)})` };
};

const percentDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
