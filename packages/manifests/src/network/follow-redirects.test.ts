import { describe, expect, it } from 'vitest';

import { createMemoryBlobStore } from './blob-store.ts';
import { createDownloader } from './download.ts';
import { sendFollowing } from './follow-redirects.ts';
import type { HttpPort, HttpRequest, HttpResponse } from './http-port.ts';
import type { RepositoryAccess } from './repository-access.ts';

const tls = { authorities: 'trusted', clientCertificate: 'me', clientKey: 'secret' };
const access: RepositoryAccess = { identity: 'me', username: 'me', password: 'secret-word', tls, proxy: 'http://p:1' };

/** Redirects from one address to the next, and keeps what each was sent. */
const hosts = (...locations: readonly string[]): { readonly http: HttpPort; readonly seen: HttpRequest[] } => {
  const seen: HttpRequest[] = [];
  return {
    seen,
    http: {
      send: async (request): Promise<HttpResponse> => {
        const location = locations[seen.push(request) - 1];
        const body = new Uint8Array();
        if (location === undefined) return { status: 200, headers: {}, body };
        return { status: 302, headers: { location }, body };
      },
    },
  };
};

const told = ({ seen }: ReturnType<typeof hosts>): readonly unknown[] =>
  seen.map(({ url, headers, tls: shown, proxy }) => [
    url,
    headers?.['authorization'],
    shown?.clientKey,
    shown?.authorities,
    proxy,
  ]);

describe('redirects', () => {
  const request = { url: 'https://a.test/x', limitBytes: 1, access, authorization: 'Basic x' };

  it('show credentials and client certificates to the host they are for', async () => {
    const there = hosts('/y', 'https://b.test/z', 'https://a.test/w');
    expect((await sendFollowing(there.http, request)).url).toBe('https://a.test/w');
    expect(told(there)).toEqual([
      ['https://a.test/x', 'Basic x', 'secret', 'trusted', 'http://p:1'],
      ['https://a.test/y', 'Basic x', 'secret', 'trusted', 'http://p:1'],
      ['https://b.test/z', undefined, undefined, 'trusted', 'http://p:1'],
      ['https://a.test/w', 'Basic x', 'secret', 'trusted', 'http://p:1'],
    ]);
  });

  it.each(['http://a.test/x', 'https://a.test:8443/x', 'https://a.test.b.test/x', '//b.test/x'])(
    'are another host at %s',
    async (location) => {
      const there = hosts(location);
      await sendFollowing(there.http, request);
      expect(told(there)[1]).toEqual([expect.any(String), undefined, undefined, 'trusted', 'http://p:1']);
    },
  );

  it('show them elsewhere when told so', async () => {
    const there = hosts('https://b.test/z');
    await sendFollowing(there.http, { ...request, access: { ...access, passCredentials: true } });
    expect(told(there)[1]).toEqual(['https://b.test/z', 'Basic x', 'secret', 'trusted', 'http://p:1']);
  });
});

it('downloads from hosts that are not trusted show nothing', async () => {
  const there = hosts();
  const download = createDownloader({ http: there.http, blobs: createMemoryBlobStore() });
  await download({ url: 'https://b.test/chart.tgz', access, limitBytes: 10, isTrusted: false });
  expect(told(there)).toEqual([['https://b.test/chart.tgz', undefined, undefined, 'trusted', 'http://p:1']]);
});
