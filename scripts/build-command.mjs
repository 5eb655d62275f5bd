/** Bundles the command into one file, so that it starts without resolving a thousand modules. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

import { removeOlderBuilds } from './older-builds.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const OUTPUT = path.join(root, 'apps/argosy/dist');

const { metafile } = await build({
  absWorkingDir: root,
  // The command, and what renders sources beside it on threads of their own.
  entryPoints: { argosy: 'apps/argosy/src/main.ts', 'render-worker': 'apps/argosy/src/render/render-worker.ts' },
  outdir: OUTPUT,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20.20',
  format: 'esm',
  sourcemap: 'linked',
  metafile: true,
  // The text of the program stays in memory; names stay, for whoever reads a stack.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
  // Native parts stay where npm put them.
  external: ['lmdb', '@lydell/node-pty'],
  // Its modules for Node name a build that cannot be taken apart.
  alias: { '@peculiar/x509': './node_modules/@peculiar/x509/build/x509.es.js' },
  // CommonJS libraries inside an ES module still ask for require, __filename and __dirname.
  banner: {
    js: "import { createRequire as argosyCreateRequire } from 'node:module'; import { fileURLToPath as argosyToPath } from 'node:url'; const require = argosyCreateRequire(import.meta.url); const __filename = argosyToPath(import.meta.url); const __dirname = argosyToPath(new globalThis.URL('.', import.meta.url));",
  },
});

removeOlderBuilds(
  OUTPUT,
  Object.keys(metafile.outputs).map((file) => path.relative(OUTPUT, path.join(root, file)).split(path.sep).join('/')),
);
