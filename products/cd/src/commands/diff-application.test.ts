import type { KubeObject } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { compareApplication } from '../compare/compare-application.ts';
import { toManagedResources } from '../compare/managed-resources.ts';
import { diffApplication } from './diff-application.ts';

const TRACKED = { 'argocd.argoproj.io/tracking-id': 'shop:/ConfigMap:web/c' };
const aConfigMap = (
  name: string,
  data: Record<string, string>,
  server: object = {},
): KubeObject & { readonly data: Record<string, string> } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'web',
    annotations: { 'argocd.argoproj.io/tracking-id': `shop:/ConfigMap:web/${name}` },
    ...server,
  },
  data,
});
const aSecret = (data: Record<string, string>): KubeObject & { readonly data: Record<string, string> } => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's', namespace: 'web', annotations: { 'argocd.argoproj.io/tracking-id': 'shop:/Secret:web/s' } },
  data,
});

const diff = async (desired: readonly KubeObject[], live: readonly KubeObject[], pointers: readonly string[] = []) => {
  const spec = {
    project: 'default',
    source: { repoURL: 'r' },
    destination: {},
    ignoreDifferences: [{ kind: 'ConfigMap', jsonPointers: [...pointers] }],
  };
  const byId = new Map(live.map((object) => [`/${object.kind}/web/${object.metadata.name}`, object]));
  const items = toManagedResources(compareApplication({ spec, desired, live: byId }), spec.ignoreDifferences);
  const lines: string[] = [];
  const code = await diffApplication(
    { namespace: 'argocd', print: (line) => lines.push(line), ask: async () => ({ status: 200, body: { items } }) },
    'shop',
  );
  return { code, lines };
};

describe('app diff', () => {
  it('is silent when nothing differs', async () => {
    const live = aConfigMap(
      'c',
      { a: '1' },
      { resourceVersion: '7', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z', annotations: TRACKED },
    );
    expect(await diff([aConfigMap('c', { a: '1' })], [live])).toEqual({ code: 0, lines: [] });
  });

  it('shows what a sync would change', async () => {
    expect(
      await diff(
        [aConfigMap('c', { a: '2', b: '1' })],
        [aConfigMap('c', { a: '1', b: '1' }, { resourceVersion: '7', annotations: TRACKED })],
      ),
    ).toEqual({
      code: 1,
      lines: [
        '',
        '===== /ConfigMap web/c ======',
        '@@ -1,6 +1,6 @@',
        ' apiVersion: v1',
        ' data:',
        "-  a: '1'",
        "+  a: '2'",
        "   b: '1'",
        ' kind: ConfigMap',
        ' metadata:',
      ],
    });
  });

  it('shows what would be created and what would be deleted', async () => {
    const { code, lines } = await diff([aConfigMap('new', { a: '1' })], [aConfigMap('old', { a: '1' })]);
    expect(code).toBe(1);
    expect(lines.filter((line) => /^[=+-] ?/.test(line)).map((line) => line.slice(0, 22))).toEqual(
      expect.arrayContaining([
        '===== /ConfigMap web/n',
        '+kind: ConfigMap',
        '===== /ConfigMap web/o',
        '-kind: ConfigMap',
      ]),
    );
  });

  it('leaves out what is ignored', async () => {
    const live = aConfigMap('c', { a: '1', b: 'x' });
    expect((await diff([aConfigMap('c', { a: '1', b: '1' })], [live], ['/data/b'])).code).toBe(0);
    const { lines } = await diff([aConfigMap('c', { a: '2', b: '1' })], [live], ['/data/b']);
    expect(lines.join('\n')).not.toMatch(/[-+] {2}b:/);
  });

  it('never shows a secret, only that it changes', async () => {
    const { code, lines } = await diff([aSecret({ password: 'bmV3' })], [aSecret({ password: 'b2xk' })]);
    expect(code).toBe(1);
    expect(lines).toContain('-  password: +++++++++');
    expect(lines).toContain('+  password: ++++++++');
    expect(lines.join('\n')).not.toMatch(/bmV3|b2xk|new|old/);
  });

  it('says when there is no such application, and why it cannot be compared', async () => {
    const lines: string[] = [];
    const ask = (status: number, body: unknown) => ({
      namespace: 'argocd',
      print: (line: string) => void lines.push(line),
      ask: async () => ({ status, body }),
    });
    expect(await diffApplication(ask(404, {}), 'nope')).toBe(20);
    expect(lines[0]).toMatch(/^application "nope" not found/);
    await expect(diffApplication(ask(400, { message: 'no repository' }), 'shop')).rejects.toThrow(
      'cannot compare shop: no repository',
    );
  });
});
