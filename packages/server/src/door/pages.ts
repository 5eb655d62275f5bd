/**
 * The built web pages from a folder. Paths stay inside it; every path that is not a file is the application's page,
 * which routes in the browser.
 */
import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

/** A file to send. */
export interface Page {
  readonly content: Uint8Array;
  readonly contentType: string;
  /** Named by its content: browsers may keep it for ever. */
  readonly immutable: boolean;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Finds pages below a folder. */
export const createPages = (directory: string): { find(urlPath: string): Promise<Page | undefined> } => ({
  find: async (urlPath) => {
    const asked = path.posix.normalize(`/${urlPath}`);
    const extension = path.extname(asked);
    return (await readPage(directory, asked)) ?? (extension === '' ? readPage(directory, '/index.html') : undefined);
  },
});

const readPage = async (directory: string, asked: string): Promise<Page | undefined> => {
  const contentType = CONTENT_TYPES[path.extname(asked)];
  if (contentType === undefined) return undefined;
  try {
    const root = await realpath(directory);
    const file = await realpath(path.join(root, asked));
    if (!file.startsWith(root + path.sep)) return undefined;
    return { content: await readFile(file), contentType, immutable: asked.startsWith('/assets/') };
  } catch {
    // Not there, a folder, or not readable: to the browser all are "not found".
    return undefined;
  }
};
