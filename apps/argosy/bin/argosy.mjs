#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/argosy.mjs', import.meta.url);
if (!existsSync(built)) {
  console.error('argosy: not built yet; run "npm run build" in the checkout once');
  process.exit(1);
}
await import(built.href);
