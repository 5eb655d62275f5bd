import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { KubeObject } from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { maskTogether } from './mask-secrets.ts';

const FILE = fileURLToPath(
  new URL('../../../../../shared/conformance/vectors/cd-secret-masking.json', import.meta.url),
);
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

type Data = Readonly<Record<string, string>>;
interface Case {
  readonly name: string;
  readonly in: {
    readonly target: Data;
    readonly live: Data;
    readonly targetLastApplied?: Data;
    readonly liveLastApplied?: Data;
  };
  readonly out: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const aSecret = (data: Data, applied: Data | undefined): KubeObject & { readonly data: Data } => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 's',
    ...(applied ? { annotations: { [LAST_APPLIED]: JSON.stringify(aSecret(applied, undefined)) } } : {}),
  },
  data,
});
/** Masks as numbers: the first distinct value of a key is 1. */
const numbersOf = (object: KubeObject): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries((object as KubeObject & { readonly data: Data }).data).map(([key, mask]) => {
      expect(mask).toMatch(/^\+{8,}$/);
      return [key, mask.length - 7];
    }),
  );
const appliedOf = (object: KubeObject) => {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  return text === undefined ? undefined : numbersOf(JSON.parse(text) as KubeObject);
};

describe.skipIf(!existsSync(FILE))('vectors cd-secret-masking', () => {
  const cases = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as { cases: readonly Case[] }).cases : [];
  it('are all there', () => expect(cases.length).toBe(5));
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { in: given, out }) => {
    const [target, live] = maskTogether([
      aSecret(given.target, given.targetLastApplied),
      aSecret(given.live, given.liveLastApplied),
    ]);
    const applied = { targetLastApplied: appliedOf(target!), liveLastApplied: appliedOf(live!) };
    expect({
      target: numbersOf(target!),
      live: numbersOf(live!),
      ...(applied.targetLastApplied ? { targetLastApplied: applied.targetLastApplied } : {}),
      ...(applied.liveLastApplied ? { liveLastApplied: applied.liveLastApplied } : {}),
    }).toEqual(out);
  });
});
