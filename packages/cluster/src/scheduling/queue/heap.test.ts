import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createHeap } from './heap.ts';

it('gives what it was given, in order, whatever is asked in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
      const heap = createHeap<number>((left, right) => left - right);
      const plain: number[] = [];
      for (const step of steps) {
        if (step === undefined) {
          plain.sort((left, right) => left - right);
          expect(heap.pop()).toBe(plain.shift());
        } else {
          heap.push(step);
          plain.push(step);
        }
      }
      const rest = plain.map(() => heap.pop());
      expect(rest).toEqual(plain.sort((left, right) => left - right));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
