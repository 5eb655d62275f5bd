/**
 * The command: flags → configuration → wiring, nothing else.
 */
import { setFlagsFromString } from 'node:v8';

// What the start of a platform makes, the program's own text above all, is looked through in a small space, so that its
// garbage does not stay in memory; `collectForService` ends it. Hence nothing of the program is loaded before this.
if (process.argv[2] === 'up') setFlagsFromString('--semi-space-growth-factor=1');

const { createProgram } = await import('./program.ts');

process.exitCode = await createProgram().run(process.argv.slice(2));
