import { expect, it } from 'vitest';

import { beginLifetime } from './lifetime.ts';

it('tells of its end first, then closes what was opened last', async () => {
  const lifetime = beginLifetime();
  const order: string[] = [];
  lifetime.signal.addEventListener('abort', () => order.push('told'));
  lifetime.onEnd(() => void order.push('opened first'));
  lifetime.onEnd(async () => {
    await Promise.resolve();
    order.push('opened last');
  });
  await lifetime.end();
  expect(order).toEqual(['told', 'opened last', 'opened first']);
});
