import { describe, expect, it } from 'vitest';

import type { EnvVar } from '@argosy/kube';

import { expandVariables } from './expand-variables.ts';
import { resolveEnvironment } from './resolve-environment.ts';

const objects = {
  configMap: () => Promise.resolve(undefined),
  secret: () => Promise.resolve(undefined),
  claimedVolume: () => Promise.resolve(undefined),
  services: [],
};
const environmentOf = (env: readonly EnvVar[]) =>
  resolveEnvironment(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
    { name: 'c', env },
    { objects, podIP: '' },
  );

describe('references to variables', () => {
  it('are replaced by what is known', () =>
    expect(expandVariables('$(A)-$(B)-$$(A)', { A: 'one' })).toBe('one-$(B)-$(A)'));

  it('do not double without end', () =>
    expect(
      environmentOf(
        Array.from({ length: 60 }, (_, at) => ({
          name: `E${at}`,
          value: at === 0 ? 'x' : `$(E${at - 1})$(E${at - 1})`,
        })),
      ),
    ).rejects.toMatchObject({
      code: 'CreateContainerConfigError',
      message: expect.stringContaining('longer') as string,
    }));

  it('of very many variables are found at once', async () => {
    const env = Array.from({ length: 20_000 }, (_, at) => ({ name: `E${at}`, value: `$(E${at - 1})` }));
    const begun = performance.now();
    expect((await environmentOf(env))['E19999']).toBe('$(E-1)');
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

describe('what a variable refers to', () => {
  it.each([
    ['configMapKeyRef', 'configmap "none" not found'],
    ['secretKeyRef', 'secret "none" not found'],
  ])('is named when it is not there: %s', async (source, message) => {
    const variable = (optional: boolean): EnvVar => ({
      name: 'V',
      valueFrom: { [source]: { name: 'none', key: 'k', optional } },
    });
    await expect(environmentOf([variable(false)])).rejects.toMatchObject({
      code: 'CreateContainerConfigError',
      message,
    });
    expect(await environmentOf([variable(true)])).not.toHaveProperty('V');
  });
});
