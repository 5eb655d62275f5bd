/**
 * For tests: a server that keeps what it was asked, and archives of charts.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** An answer: a body with status 200, or all of it. */
export type Answer =
  | string
  | Uint8Array
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array;
    };

/** A server and what it was asked, in order: `GET /path`. */
export interface TestServer {
  readonly url: string;
  readonly asked: string[];
  close(): Promise<void>;
}

/** Serves by a function from request to answer; `undefined` is 404. */
export const serve = async (
  answer: (request: IncomingMessage, url: string) => Answer | undefined | Promise<Answer | undefined>,
): Promise<TestServer> => {
  const asked: string[] = [];
  let url = '';
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const given = (await answer(request, url)) ?? { status: 404 };
    const whole = typeof given === 'string' || given instanceof Uint8Array ? { status: 200, body: given } : given;
    response.writeHead(whole.status, 'headers' in whole ? whole.headers : {});
    response.end(request.method === 'HEAD' ? undefined : whole.body);
  };
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** A chart's archive: files by name below its folder. */
export const chartArchive = (name: string, version: string, files: Readonly<Record<string, string>> = {}): Buffer =>
  tarArchive({
    [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    [`${name}/templates/a.yaml`]: `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-${name}\ndata:\n  version: "{{ .Chart.Version }}"\n  size: "{{ .Values.size }}"\n`,
    [`${name}/values.yaml`]: 'size: small\n',
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text])),
  });

/** A `.tar.gz` of texts by name. */
export const tarArchive = (files: Readonly<Record<string, string>>): Buffer =>
  gzipSync(
    Buffer.concat([
      ...Object.entries(files).flatMap(([name, text]) => {
        const data = Buffer.from(text);
        const padding = Buffer.alloc((512 - (data.length % 512)) % 512);
        return [tarHeader(name, data.length), data, padding];
      }),
      Buffer.alloc(1024),
    ]),
  );

/** The SHA-256 in hexadecimal. */
export const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

const tarHeader = (name: string, size: number): Buffer => {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\0', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
};
