/**
 * Where the shop of the story is: in the checkout's examples, seen from the sources, the built command or one of its chunks.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { Failure } from '@argosy/base';

const CANDIDATES = ['../../../../examples/shop', '../../../examples/shop'];

/** The folder with `service`, `changes`, `deploy` and `platform`. Throws Failure NoShop. */
export const findShop = (): string => {
  const found = CANDIDATES.map((candidate) => fileURLToPath(new URL(candidate, import.meta.url))).find((folder) =>
    existsSync(path.join(folder, 'service', 'server.mjs')),
  );
  if (found) return found;
  throw new Failure('the files of the story (examples/shop) are missing from this checkout', { code: 'NoShop' });
};

/** The manifests for the platform, with addresses put in. */
export const platformManifests = (
  shop: string,
  values: Readonly<Record<'GIT_URL' | 'WEBHOOK_PORT', string>>,
): readonly { readonly file: string; readonly text: string }[] =>
  readdirSync(path.join(shop, 'platform'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => ({
      file,
      text: readFileSync(path.join(shop, 'platform', file), 'utf8')
        .replaceAll('${GIT_URL}', values.GIT_URL)
        .replaceAll('${WEBHOOK_PORT}', values.WEBHOOK_PORT),
    }));
