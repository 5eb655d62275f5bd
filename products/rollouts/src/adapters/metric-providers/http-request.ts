/**
 * The one way metric providers speak HTTP: time and size bounded, so that a slow or endless answer costs its run only.
 */
import { Failure } from '@argosy/base';
import { Agent, request, type Dispatcher } from 'undici';

/** A request of a provider. */
export interface MetricRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Accept any certificate. */
  readonly insecure: boolean;
}

/** The answer. */
export interface MetricResponse {
  readonly status: number;
  readonly body: string;
}

/** Sends requests; throws a Failure that names the host, never a header or a body. */
export type SendRequest = (request: MetricRequest, signal: AbortSignal) => Promise<MetricResponse>;

/** More than any metric needs; an answer beyond is an error. */
const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

/** Sends over the network. */
export const sendRequest: SendRequest = async (wanted, signal) => {
  const dispatcher: Dispatcher | undefined = wanted.insecure
    ? new Agent({ connect: { rejectUnauthorized: false } })
    : undefined;
  try {
    const answer = await request(wanted.url, {
      method: wanted.method as Dispatcher.HttpMethod,
      headers: wanted.headers,
      ...(wanted.body === undefined ? {} : { body: wanted.body }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(wanted.timeoutMs)]),
      ...(dispatcher ? { dispatcher } : {}),
    });
    return { status: answer.statusCode, body: await readBounded(answer.body) };
  } finally {
    await dispatcher?.close();
  }
};

const readBounded = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > LARGEST_ANSWER_BYTES)
      throw new Failure(`the answer is larger than ${LARGEST_ANSWER_BYTES} bytes`, { code: 'TooLarge' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
