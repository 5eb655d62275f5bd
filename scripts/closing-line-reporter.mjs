/**
 * Ends a test run with one plain line, `N passed, N failed, N skipped`, for scripts that read it; before it, for each file
 * of behaviour vectors that was run case by case, how many cases ran, held and were not yet applicable.
 */
export default class ClosingLineReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const vectors = new Map();
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        counts[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
        const file = vectorsOf(test);
        if (!file) continue;
        const known = vectors.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
        known[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
        vectors.set(file, known);
      }
    }
    for (const [file, { passed, failed, skipped }] of [...vectors].sort(([left], [right]) => (left < right ? -1 : 1)))
      process.stdout.write(`${file}: ran ${passed + failed}, held ${passed}, not yet applicable ${skipped}\n`);
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}

/** Suites named `vectors FILE` hold one test per case. */
const vectorsOf = (test) => {
  for (let at = test.parent; at && at.type !== 'module'; at = at.parent) {
    const file = /^vectors ([a-z0-9-]+)$/.exec(at.name)?.[1];
    if (file) return file;
  }
  return undefined;
};
