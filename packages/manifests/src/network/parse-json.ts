/**
 * JSON of an answer.
 */

/** The value; `undefined` for what is no JSON. */
export const parseJson = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
};
