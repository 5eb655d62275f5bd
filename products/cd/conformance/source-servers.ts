/**
 * For tests: chart repositories and registries of this process.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A server and what it was asked. */
export interface SourceServer {
  readonly url: string;
  readonly asked: string[];
  close(): Promise<void>;
}

/** Serves what a function answers; `undefined` is 404, a number that status. */
export const serve = async (
  answer: (path: string, request: IncomingMessage) => string | Uint8Array | number | undefined,
): Promise<SourceServer> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const given = answer(request.url ?? '', request) ?? 404;
    response.writeHead(typeof given === 'number' ? given : 200);
    response.end(typeof given === 'number' ? undefined : given);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** A `.tar.gz` of texts by name. */
export const tarArchive = (files: Readonly<Record<string, string>>): Buffer =>
  gzipSync(
    Buffer.concat([
      ...Object.entries(files).flatMap(([name, text]) => {
        const data = Buffer.from(text);
        const header = Buffer.alloc(512);
        header.write(name, 0);
        header.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
        header.write('0', 156);
        header.write('ustar\0', 257);
        return [header, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
      }),
      Buffer.alloc(1024),
    ]),
  );

/** A chart of one ConfigMap that tells its version and values. */
export const chartArchive = (name: string, version: string): Buffer =>
  tarArchive({
    [`${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    [`${name}/values.yaml`]: 'size: small\n',
    [`${name}/templates/a.yaml`]: `apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}-{{ .Chart.Name }}"}
data: {version: "{{ .Chart.Version }}", size: "{{ .Values.size }}", file: {{ .Values.file | default "" | quote }}}
`,
  });

/** A chart repository of these versions, which may grow. */
export const serveCharts = (
  name: string,
  versions: readonly string[],
  guard: (request: IncomingMessage) => boolean = () => true,
): Promise<SourceServer> =>
  serve((path, request) => {
    if (!guard(request)) return 401;
    if (path === '/index.yaml')
      return `apiVersion: v1\nentries:\n  ${name}:\n${versions.map((version) => `  - {version: ${version}, urls: [${name}-${version}.tgz]}\n`).join('')}`;
    const version = new RegExp(`^/${name}-(.*)\\.tgz$`).exec(path)?.[1];
    return version === undefined ? undefined : chartArchive(name, version);
  });

/** A registry of archives by `name:tag`, each the one layer of its artifact. */
export const serveRegistry = (archives: Readonly<Record<string, Uint8Array>>): Promise<SourceServer> => {
  const blobs = new Map<string, Uint8Array>();
  const keep = (data: Uint8Array): string => {
    const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
    blobs.set(digest, data);
    return digest;
  };
  const tags = new Map(
    Object.entries(archives).map(([reference, data]) => {
      const layer = {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: keep(data),
        size: data.length,
      };
      return [reference, keep(Buffer.from(JSON.stringify({ schemaVersion: 2, layers: [layer] })))] as const;
    }),
  );
  return serve((path) => {
    const [, name = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^?]+)/.exec(decodeURIComponent(path)) ?? [];
    if (kind === 'tags')
      return JSON.stringify({ tags: [...tags.keys()].map((one) => one.slice(one.indexOf(':') + 1)) });
    return blobs.get(tags.get(`${name}:${reference}`) ?? reference);
  });
};
