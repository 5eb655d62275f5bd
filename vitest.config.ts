import { defineConfig } from 'vitest/config';

/** Unit tests beside the code share workers (13 times faster on two cores); nothing in them may leave state behind. */
export default defineConfig({
  test: {
    pool: 'forks',
    isolate: false,
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/conformance/**/*.test.ts',
      'products/*/src/**/*.test.ts',
      'products/*/conformance/**/*.test.ts',
      'apps/argosy/src/**/*.test.ts',
      'tests/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [process.env['CI'] ? 'dot' : 'default', './scripts/closing-line-reporter.mjs'],
  },
});
