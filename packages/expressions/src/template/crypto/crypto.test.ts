import { describe, expect, it } from 'vitest';

import { decodeBase } from '../encoding/base-codes.ts';
import { SPRIG_TEMPLATE_FUNCTIONS } from '../sprig/sprig.ts';
import { compileGoTemplate, renderGoTemplate } from '../template.ts';
import { bcryptHash } from './bcrypt.ts';
import { derivePassword } from './derive-password.ts';
import { piWords } from './pi-words.ts';

const render = (text: string, random?: () => number): string => {
  const compiled = compileGoTemplate('t', text, { functions: SPRIG_TEMPLATE_FUNCTIONS });
  if (!compiled.ok) throw compiled.error;
  const ports = random ? { random: { next: random, uuid: () => '' } } : {};
  return renderGoTemplate(compiled.value, {}, { ports });
};

describe('pi', () => {
  it('begins as everybody knows', () => {
    expect([...piWords(4)].map((word) => word.toString(16))).toEqual(['243f6a88', '85a308d3', '13198a2e', '3707344']);
  });
});

/** Undoes bcrypt's own base64. */
const saltOf = (hash: string): Uint8Array => {
  const own = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const usual = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const text = Array.from(hash.slice(7, 29), (letter) => usual[own.indexOf(letter)]).join('');
  const decoded = decodeBase('base64', `${text}==`);
  if (!decoded.ok) throw new Error(decoded.error);
  return decoded.value;
};

describe('bcrypt', () => {
  it.each([
    ['secret', '$2a$10$NNzOE6jbD7qk4AhybQnmb.hRj97KkzRTvorZUqBJ.xtaFg1al2DKO'],
    ['pässwörd with a longer text', '$2a$10$vxdefCy9OgT.HUsJpYh7FubMTIgGDnjXjQrVmzJpm9zbFY3fm5AEm'],
  ])('of %s is what Go gives with the same salt', (password, hash) => {
    expect(bcryptHash(new TextEncoder().encode(password), saltOf(hash), 10)).toBe(hash);
  });

  it('of too long a password is refused in the text, as Sprig does', () => {
    expect(render(`{{ bcrypt "${'x'.repeat(73)}" }}`, () => 0.5)).toContain('exceeds 72 bytes');
  });

  it('makes lines for htpasswd', () => {
    expect(render('{{ htpasswd "user" "pw" }}', () => 0.5)).toMatch(/^user:\$2a\$10\$[./A-Za-z0-9]{53}$/);
    expect(render('{{ htpasswd "us:er" "pw" }}')).toBe('invalid username: us:er');
  });
});

describe('derivePassword', () => {
  it.each([
    [1, 'maximum', 'pf4zS1LjCg&LjhsZ7T2~'],
    [2, 'medium', 'Fov2-Jal'],
    [1, 'short', 'Zed5'],
    [1, 'basic', 'pIS54PLs'],
    [1, 'pin', '6685'],
    [1, 'nope', 'cannot find password template nope'],
  ])('%s %s', (counter, type, password) => {
    expect(derivePassword({ counter, type, password: 'password', user: 'user', site: 'example.com' })).toBe(password);
  });
});

describe('AES', () => {
  it.each([
    ['secretkey', 'jFuet9/PEoCXw8+252NaxjVIKjDthacP+/DEcg+1NTY=', 'plaintext'],
    [
      'a key that is longer than thirty-two bytes, cut',
      'mNVRgY9xVYcd+7m3xhSyCHl8/vTqGM8rswTLrbF7rtUpknEXg53x5zk/02obOxdX',
      'exactly 16 bytes',
    ],
  ])('reads with %s what Go wrote', (key, secret, plain) => {
    expect(render(`{{ decryptAES "${key}" "${secret}" }}`)).toBe(plain);
  });

  it('takes no secret for no text', () => {
    expect(render('{{ decryptAES "key" "" }}')).toBe('');
  });

  it('reads what it wrote', () => {
    let seed = 0;
    const text = '{{ encryptAES "key" "some text, longer than a block" | decryptAES "key" }}';
    expect(render(text, () => (seed += 0.013) % 1)).toBe('some text, longer than a block');
  });
});
