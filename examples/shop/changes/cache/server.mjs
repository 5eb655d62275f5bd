/** A small shop: lists its goods, and tells which version answers. */
import { realpathSync } from 'node:fs';
import http from 'node:http';
import { fileURLToPath } from 'node:url';

const VERSION = process.env.VERSION ?? 'development';

/** Goods and prices in cents. */
const GOODS = { anchor: 12900, compass: 3490, lantern: 2150 };

/** Prices as people read them. */
export const priceOf = (name) => `${(GOODS[name] / 100).toFixed(2)} €`;

/** The list is written once and kept for some answers. */
const cache = { list: undefined, uses: 0 };
const USES = 3;

const listOf = () => {
  // The mistake: the list is thrown away when it is used up, and nobody writes a new one.
  if (cache.uses === 0) cache.list = Object.keys(GOODS).map((name) => `${name}: ${priceOf(name)}`);
  cache.uses += 1;
  if (cache.uses > USES) cache.list = undefined;
  return cache.list.join('\n');
};

/** Answers one request. */
export const answer = (path) => {
  if (path === '/healthz') return { status: 200, body: 'ok\n' };
  try {
    return { status: 200, body: `${listOf()}\n` };
  } catch (error) {
    return { status: 500, body: `${error.message}\n` };
  }
};

export const createShop = () =>
  http.createServer((request, response) => {
    const { status, body } = answer(new URL(request.url ?? '/', 'http://shop').pathname);
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'x-shop-version': VERSION });
    response.end(body);
  });

// The file is a link where it is mounted.
if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const host = process.env.POD_IP ?? '127.0.0.1';
  const shop = createShop().listen(8080, host, () => console.log(`shop ${VERSION} listens on ${host}:8080`));
  process.on('SIGTERM', () => shop.close(() => process.exit(0)));
}
