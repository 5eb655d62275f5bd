/**
 * Standard base64 over UTF-8 text, without node.
 * @spec RFC 4648 section 4
 */

/** Encodes text. */
export const toBase64 = (text: string): string =>
  btoa([...new TextEncoder().encode(text)].map((byte) => String.fromCharCode(byte)).join(''));

/** Decodes to text; `undefined` when the input is not padded standard base64. */
export const fromBase64 = (encoded: string): string | undefined => {
  const compact = encoded.replace(/[\r\n]/g, '');
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(compact), (character) => character.charCodeAt(0)));
};
