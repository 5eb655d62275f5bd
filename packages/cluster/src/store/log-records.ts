/**
 * Records of the log of writes: a batch each, with a sum over it, so that one that was only half written is told from a
 * whole one. A file begins with a mark and a nonce, drawn anew each time a log begins; each record repeats the nonce:
 * what a client stored cannot pass for a record, and neither can one of another time. Records begin at multiples of eight:
 *
 *   nonce │ bytes of the body u32 │ crc32 of what follows u32 │ writes u64 │ previous revision u64 │ revision u64 │ body
 *
 * The body has for each write: bytes of the place u32, bytes of the value u32 (all ones: removed; the highest bit alone:
 * the place was empty before), the place, the value.
 */
import { crc32 } from 'node:zlib';

/** A write as it lies on disk. */
export interface LoggedWrite {
  readonly place: string;
  /** Absent for a removal. */
  readonly bytes: Uint8Array | undefined;
  /** Nothing was at this place before. */
  readonly isNew?: boolean;
}

/** Writes that become durable together. */
export interface LoggedBatch {
  /** Revision of the batch before. */
  readonly previous: number;
  /** Revision of its last write. */
  readonly revision: number;
  readonly writes: readonly LoggedWrite[];
}

/** Bytes of a nonce. */
export const NONCE_BYTES = 8;

const MARK = Buffer.from('writes 1', 'latin1');
const BEGIN_BYTES = MARK.byteLength + NONCE_BYTES;
const HEAD_BYTES = 40;
const SUM_AT = 12;
const SUMMED_FROM = 16;
const ALIGNMENT = 8;
const REMOVED = 0xffff_ffff;
/** Values are far smaller than this. */
const NEW = 0x8000_0000;
/** Before each place and value of a body. */
const LENGTHS_BYTES = 8;

/** What stands at the beginning of a file. */
export const encodeBeginning = (nonce: Uint8Array): Uint8Array => Buffer.concat([MARK, nonce]);

/** Writes a record. */
export const encodeRecord = (nonce: Uint8Array, { previous, revision, writes }: LoggedBatch): Uint8Array => {
  const places = writes.map(({ place }) => Buffer.byteLength(place));
  const bodyBytes = writes.reduce(
    (sum, { bytes }, at) => sum + LENGTHS_BYTES + (places[at] ?? 0) + (bytes?.byteLength ?? 0),
    0,
  );
  const record = Buffer.allocUnsafe(aligned(HEAD_BYTES + bodyBytes)).fill(0, HEAD_BYTES + bodyBytes);
  record.set(nonce);
  record.writeUInt32LE(bodyBytes, NONCE_BYTES);
  record.writeBigUInt64LE(BigInt(writes.length), SUMMED_FROM);
  record.writeBigUInt64LE(BigInt(previous), SUMMED_FROM + 8);
  record.writeBigUInt64LE(BigInt(revision), SUMMED_FROM + 16);
  let at = HEAD_BYTES;
  for (const [index, { place, bytes, isNew }] of writes.entries()) {
    record.writeUInt32LE(places[index] ?? 0, at);
    record.writeUInt32LE(bytes ? bytes.byteLength + (isNew ? NEW : 0) : REMOVED, at + 4);
    at += LENGTHS_BYTES;
    at += record.write(place, at);
    if (bytes) record.set(bytes, at);
    at += bytes?.byteLength ?? 0;
  }
  record.writeUInt32LE(crc32(record.subarray(SUMMED_FROM, at)), SUM_AT);
  return record;
};

/** All whole records of a file, in the order they lie there; what is torn or of another time is skipped. */
export const decodeRecords = (file: Uint8Array): readonly LoggedBatch[] => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.byteLength < BEGIN_BYTES || !bytes.subarray(0, MARK.byteLength).equals(MARK)) return [];
  const nonce = bytes.readBigUInt64LE(MARK.byteLength);
  const batches: LoggedBatch[] = [];
  for (let at = BEGIN_BYTES; at + HEAD_BYTES <= bytes.byteLength;) {
    const record = recordAt(bytes, at, nonce);
    if (record) batches.push(decodeBatch(record));
    at += record ? aligned(record.byteLength) : ALIGNMENT;
  }
  return batches;
};

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** A record from its nonce to the end of its body, if there is a whole one. */
const recordAt = (bytes: Buffer, at: number, nonce: bigint): Buffer | undefined => {
  if (bytes.readBigUInt64LE(at) !== nonce) return undefined;
  const end = at + HEAD_BYTES + bytes.readUInt32LE(at + NONCE_BYTES);
  if (end > bytes.byteLength) return undefined;
  return crc32(bytes.subarray(at + SUMMED_FROM, end)) === bytes.readUInt32LE(at + SUM_AT)
    ? bytes.subarray(at, end)
    : undefined;
};

const decodeBatch = (record: Buffer): LoggedBatch => {
  let at = HEAD_BYTES;
  const writes = Array.from({ length: Number(record.readBigUInt64LE(SUMMED_FROM)) }, (): LoggedWrite => {
    const placeBytes = record.readUInt32LE(at);
    const length = record.readUInt32LE(at + 4);
    const valueAt = at + LENGTHS_BYTES + placeBytes;
    const place = record.toString('utf8', at + LENGTHS_BYTES, valueAt);
    at = valueAt + (length === REMOVED ? 0 : length % NEW);
    if (length === REMOVED) return { place, bytes: undefined };
    return { place, bytes: record.subarray(valueAt, at), ...(length >= NEW ? { isNew: true } : {}) };
  });
  return {
    previous: Number(record.readBigUInt64LE(SUMMED_FROM + 8)),
    revision: Number(record.readBigUInt64LE(SUMMED_FROM + 16)),
    writes,
  };
};
