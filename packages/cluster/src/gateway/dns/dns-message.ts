/**
 * Questions and answers of the domain name system as bytes, as far as a cluster's own names need them. Pure.
 * @spec https://www.rfc-editor.org/rfc/rfc1035 §4, https://www.rfc-editor.org/rfc/rfc2782
 */

/** Types of records this server gives; others are answered with none. */
export const RECORD_TYPES = { A: 1, CNAME: 5, PTR: 12, AAAA: 28, SRV: 33, ANY: 255 } as const;

/** One question; the name in lower case without the last dot. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly recursionDesired: boolean;
  /** Largest answer the asker takes in one datagram. */
  readonly maxBytes: number;
  /** Bytes of the question section, to be repeated in the answer. */
  readonly section: Buffer;
}

/** What stands in an answer. */
export type DnsRecord =
  | { readonly kind: 'A'; readonly name: string; readonly address: string }
  | { readonly kind: 'CNAME' | 'PTR'; readonly name: string; readonly target: string }
  | { readonly kind: 'SRV'; readonly name: string; readonly target: string; readonly port: number };

/** An answer: records, or that there is no such name, or that the server could not find out. */
export interface Answer {
  readonly code: 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'NOTIMP';
  readonly records: readonly DnsRecord[];
  /** Whether the name is ours. */
  readonly authoritative: boolean;
}

const CODES = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4 } as const;
const INTERNET = 1;
const OPT = 41;
const HEADER_BYTES = 12;
const PLAIN_BYTES = 512;
/** Seconds an answer may be kept; as CoreDNS' default for clusters. */
const TTL_SECONDS = 5;

/** Reads a question; `undefined` for what is none of these: answers, several questions, broken bytes. */
export const parseQuestion = (message: Buffer): Question | undefined => {
  if (message.length < HEADER_BYTES) return undefined;
  const flags = message.readUInt16BE(2);
  if (flags & 0x8000 || message.readUInt16BE(4) !== 1) return undefined;
  const read = readName(message, HEADER_BYTES);
  if (!read || read.end + 4 > message.length) return undefined;
  const end = read.end + 4;
  return {
    id: message.readUInt16BE(0),
    name: read.name.toLowerCase(),
    type: message.readUInt16BE(read.end),
    recursionDesired: (flags & 0x0100) !== 0,
    maxBytes: extendedSize(message, end),
    section: message.subarray(HEADER_BYTES, end),
  };
};

/** Writes an answer; what does not fit is left out and marked, so that the asker comes again over TCP. */
export const formatAnswer = (question: Question, answer: Answer, maxBytes: number): Buffer => {
  const records = answer.records.map(formatRecord);
  const whole = [headerOf(question, answer, { count: records.length, isCut: false }), question.section, ...records];
  const message = Buffer.concat(whole);
  if (message.length <= maxBytes) return message;
  return Buffer.concat([headerOf(question, answer, { count: 0, isCut: true }), question.section]);
};

/** Reads a name that begins at `at`; compressed names do not occur in questions. */
const readName = (message: Buffer, at: number): { readonly name: string; readonly end: number } | undefined => {
  const labels: string[] = [];
  let here = at;
  for (;;) {
    const length = message[here];
    if (length === undefined || length > 63) return undefined;
    if (length === 0) return { name: labels.join('.'), end: here + 1 };
    labels.push(message.toString('latin1', here + 1, here + 1 + length));
    here += length + 1;
  }
};

/** The size an asker names in its OPT record, which stands alone behind the question. */
const extendedSize = (message: Buffer, at: number): number => {
  const isAlone = message.readUInt16BE(6) === 0 && message.readUInt16BE(8) === 0 && message.readUInt16BE(10) === 1;
  if (!isAlone || message[at] !== 0 || message.length < at + 5 || message.readUInt16BE(at + 1) !== OPT)
    return PLAIN_BYTES;
  return Math.max(PLAIN_BYTES, message.readUInt16BE(at + 3));
};

const headerOf = (
  question: Question,
  answer: Answer,
  of: { readonly count: number; readonly isCut: boolean },
): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES);
  const flags =
    0x8080 |
    (answer.authoritative ? 0x0400 : 0) |
    (of.isCut ? 0x0200 : 0) |
    (question.recursionDesired ? 0x0100 : 0) |
    CODES[answer.code];
  header.writeUInt16BE(question.id, 0);
  header.writeUInt16BE(flags, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(of.count, 6);
  return header;
};

const formatRecord = (record: DnsRecord): Buffer => {
  const data = dataOf(record);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(RECORD_TYPES[record.kind], 0);
  fixed.writeUInt16BE(INTERNET, 2);
  fixed.writeUInt32BE(TTL_SECONDS, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([formatName(record.name), fixed, data]);
};

const dataOf = (record: DnsRecord): Buffer => {
  switch (record.kind) {
    case 'A':
      return Buffer.from(record.address.split('.').map(Number));
    case 'CNAME':
    case 'PTR':
      return formatName(record.target);
    case 'SRV': {
      const fixed = Buffer.alloc(6);
      // Priority 0; the weight is the same for all.
      fixed.writeUInt16BE(100, 2);
      fixed.writeUInt16BE(record.port, 4);
      return Buffer.concat([fixed, formatName(record.target)]);
    }
  }
};

const formatName = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.concat([Buffer.from([Buffer.byteLength(label, 'latin1')]), Buffer.from(label, 'latin1')])),
    Buffer.from([0]),
  ]);
