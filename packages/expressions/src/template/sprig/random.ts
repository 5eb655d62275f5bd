/**
 * Sprig's random functions, all from the random port of the render.
 * @spec https://masterminds.github.io/sprig/strings.html, uuid.html
 */
import { randomBytes, type Random } from '@argosy/base';

import { goFunction } from '../functions/signature.ts';
import { runesOf } from '../go-text.ts';
import { GoError, type CallContext, type GoFunction, type GoFunctions } from '../values.ts';
import { encodeBase } from '../encoding/base-codes.ts';

/** The random port; refuses in the function's name when there is none. */
export const randomOf = (context: CallContext, name: string): Random => {
  const { random } = context.ports;
  if (!random) throw new GoError(`${name} needs random numbers, which are not available here`);
  return random;
};

const DIGITS = '0123456789';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

const ofAlphabet = (name: string, alphabet: string): GoFunction =>
  goFunction(['int'], ([count], context) => {
    const random = randomOf(context, name);
    // goutils refuses a negative count, and Sprig drops its error.
    const length = count < 0n ? 0 : Number(count);
    context.reserve(length);
    context.spend(length);
    return Array.from({ length }, () => alphabet[Math.floor(random.next() * alphabet.length)] ?? '').join('');
  });

const shuffle = (text: string, random: Random): string => {
  const runes = [...runesOf(text)];
  for (let last = runes.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random.next() * (last + 1));
    [runes[last], runes[other]] = [runes[other] ?? '', runes[last] ?? ''];
  }
  return runes.join('');
};

/** Functions that give something else each time. */
export const RANDOM_FUNCTIONS: GoFunctions = {
  randAlpha: ofAlphabet('randAlpha', LETTERS),
  randAlphaNum: ofAlphabet('randAlphaNum', LETTERS + DIGITS),
  randAscii: ofAlphabet('randAscii', PRINTABLE),
  randBytes: goFunction(['int'], ([count], context) => {
    if (count < 0n) throw new GoError('runtime error: makeslice: len out of range');
    context.reserve(Number(count) * 2);
    context.spend(Number(count));
    return encodeBase('base64', randomBytes(randomOf(context, 'randBytes'), Number(count)));
  }),
  randInt: goFunction(['int', 'int'], ([least, most], context) => {
    if (most <= least) throw new GoError('invalid argument to Intn');
    return least + BigInt(Math.floor(randomOf(context, 'randInt').next() * Number(most - least)));
  }),
  randNumeric: ofAlphabet('randNumeric', DIGITS),
  shuffle: goFunction(['string'], ([text], context) => shuffle(text, randomOf(context, 'shuffle'))),
  uuidv4: goFunction([], (_, context) => randomOf(context, 'uuidv4').uuid()),
};
