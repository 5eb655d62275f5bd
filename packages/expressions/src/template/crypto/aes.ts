/**
 * AES-256 in CBC mode, for Sprig's encryptAES and decryptAES. The S-box is computed, not copied.
 * @spec FIPS 197
 */

const BLOCK = 16;
const ROUNDS = 14;

/** Encrypts whole blocks. */
export const encryptCbc = (key: Uint8Array, start: Uint8Array, plain: Uint8Array): Uint8Array => {
  const cipher = createCipher(key);
  const output = new Uint8Array(plain.length);
  let previous = start;
  for (let at = 0; at < plain.length; at += BLOCK) {
    const block = plain.slice(at, at + BLOCK).map((byte, index) => byte ^ (previous[index] ?? 0));
    previous = cipher.encrypt(block);
    output.set(previous, at);
  }
  return output;
};

/** Decrypts whole blocks. */
export const decryptCbc = (key: Uint8Array, start: Uint8Array, secret: Uint8Array): Uint8Array => {
  const cipher = createCipher(key);
  const output = new Uint8Array(secret.length);
  let previous = start;
  for (let at = 0; at < secret.length; at += BLOCK) {
    const block = secret.slice(at, at + BLOCK);
    const before = previous;
    output.set(
      cipher.decrypt(block).map((byte, index) => byte ^ (before[index] ?? 0)),
      at,
    );
    previous = block;
  }
  return output;
};

/** Product in the field of AES. */
const multiply = (left: number, right: number): number => {
  let [a, b, product] = [left, right, 0];
  for (; b > 0; b >>= 1) {
    if (b & 1) product ^= a;
    a = a & 0x80 ? ((a << 1) ^ 0x11b) & 0xff : a << 1;
  }
  return product;
};

/** In this field the inverse of x is x^254. */
const inverseOf = (value: number): number => {
  let product = 1;
  for (let power = 0; power < 254; power += 1) product = multiply(product, value);
  return product;
};

const substitution = (): { readonly box: Uint8Array; readonly inverse: Uint8Array } => {
  const [box, inverse] = [new Uint8Array(256), new Uint8Array(256)];
  for (let value = 0; value < 256; value += 1) {
    const reciprocal = value === 0 ? 0 : inverseOf(value);
    let mixed = 0x63;
    for (let turn = 0; turn < 5; turn += 1) mixed ^= ((reciprocal << turn) | (reciprocal >> (8 - turn))) & 0xff;
    box[value] = mixed;
    inverse[mixed] = value;
  }
  return { box, inverse };
};

const expandKey = (key: Uint8Array, box: Uint8Array): Uint8Array => {
  const words = key.length / 4;
  const schedule = new Uint8Array(BLOCK * (ROUNDS + 1));
  schedule.set(key);
  let constant = 1;
  for (let word = words; word < schedule.length / 4; word += 1) {
    let part = Array.from(schedule.subarray((word - 1) * 4, word * 4));
    if (word % words === 0) {
      part = [...part.slice(1), ...part.slice(0, 1)].map((byte) => box[byte] ?? 0);
      part[0] = (part[0] ?? 0) ^ constant;
      constant = multiply(constant, 2);
    } else if (word % words === 4) part = part.map((byte) => box[byte] ?? 0);
    part.forEach((byte, index) => {
      schedule[word * 4 + index] = byte ^ (schedule[(word - words) * 4 + index] ?? 0);
    });
  }
  return schedule;
};

const createCipher = (key: Uint8Array) => {
  const { box, inverse } = substitution();
  const schedule = expandKey(key, box);
  const addKey = (state: Uint8Array, round: number): Uint8Array =>
    state.map((byte, index) => byte ^ (schedule[round * BLOCK + index] ?? 0));
  const shift = (state: Uint8Array, direction: 1 | -1): Uint8Array =>
    state.map((_, index) => state[(index + direction * 4 * (index % 4) + 64) % BLOCK] ?? 0);
  const mix = (state: Uint8Array, factors: readonly number[]): Uint8Array =>
    state.map((_, index) => {
      const column = index - (index % 4);
      return factors.reduce((sum, factor, row) => sum ^ multiply(state[column + ((index + row) % 4)] ?? 0, factor), 0);
    });
  return {
    encrypt(block: Uint8Array): Uint8Array {
      let state = addKey(block, 0);
      for (let round = 1; round <= ROUNDS; round += 1) {
        state = shift(
          state.map((byte) => box[byte] ?? 0),
          1,
        );
        state = addKey(round === ROUNDS ? state : mix(state, [2, 3, 1, 1]), round);
      }
      return state;
    },
    decrypt(block: Uint8Array): Uint8Array {
      let state = addKey(block, ROUNDS);
      for (let round = ROUNDS - 1; round >= 0; round -= 1) {
        state = shift(state, -1).map((byte) => inverse[byte] ?? 0);
        state = addKey(state, round);
        if (round > 0) state = mix(state, [14, 11, 13, 9]);
      }
      return state;
    },
  };
};
