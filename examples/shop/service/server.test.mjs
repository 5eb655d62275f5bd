import assert from 'node:assert/strict';
import { test } from 'node:test';

import { createShop, priceOf } from './server.mjs';

test('prices are readable', () => {
  assert.match(priceOf('anchor'), /129\.00/);
});

test('the shop lists its goods', async () => {
  const shop = createShop().listen(0, '127.0.0.1');
  await new Promise((resolve) => shop.once('listening', resolve));
  const response = await fetch(`http://127.0.0.1:${shop.address().port}/`);
  assert.equal(response.status, 200);
  assert.match(await response.text(), /lantern/);
  shop.close();
});
