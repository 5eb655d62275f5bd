/**
 * The command: flags → configuration → wiring, nothing else.
 */
import { createProgram } from './program.ts';

process.exitCode = await createProgram().run(process.argv.slice(2));
