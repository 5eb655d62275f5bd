/**
 * The image of the container that holds a pod's network: one program that sleeps for ever, written here byte by byte, so
 * that no registry is needed and no program is shipped for it.
 */
import { Failure } from '@argosy/base';

/** Name of the image in the engine. */
export const PAUSE_IMAGE = 'argosy.dev/pause:1';

/** Where the program lies in the image. */
export const PAUSE_PROGRAM = '/pause';

/** pause() for ever, by the engine's name of the processor. @spec linux arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h */
const PROGRAMS: Readonly<Record<string, { readonly machine: number; readonly code: readonly number[] }>> = {
  // mov eax, 34 · syscall · jmp to the start
  amd64: { machine: 62, code: [0xb8, 0x22, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7] },
  // ppoll(0, 0, 0, 0): mov x0…x4, 0 · mov x8, 73 · svc 0 · b to the start
  arm64: {
    machine: 183,
    code: [0xd2800000, 0xd2800001, 0xd2800002, 0xd2800003, 0xd2800004, 0xd2800928, 0xd4000001, 0x17fffff9].flatMap(
      (word) => [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24],
    ),
  },
};

const LOAD_ADDRESS = 0x400000n;
const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const TAR_BLOCK = 512;

/** The image's only layer, as an archive to import. Throws a Failure NotSupported for another processor than amd64 and arm64. Pure. */
export const buildPauseArchive = (architecture: string): Buffer => {
  const program = PROGRAMS[architecture];
  if (!program)
    throw new Failure(
      `the docker runtime needs an engine on amd64 or arm64, this one says ${architecture}: use --runtime process`,
      {
        code: 'NotSupported',
      },
    );
  const file = buildProgram(program);
  const padding = Buffer.alloc((TAR_BLOCK - (file.length % TAR_BLOCK)) % TAR_BLOCK);
  // Two empty blocks end an archive.
  return Buffer.concat([tarHeader(PAUSE_PROGRAM.slice(1), file.length), file, padding, Buffer.alloc(2 * TAR_BLOCK)]);
};

/** A program of one loaded segment. @spec elf(5) */
const buildProgram = ({ machine, code }: (typeof PROGRAMS)[string]): Buffer => {
  const entry = HEADER_BYTES + SEGMENT_BYTES;
  const head = Buffer.alloc(entry);
  // Class 64 bit, little endian, version 1.
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(machine, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(LOAD_ADDRESS + BigInt(entry), 24);
  head.writeBigUInt64LE(BigInt(HEADER_BYTES), 32);
  head.writeUInt16LE(HEADER_BYTES, 52);
  head.writeUInt16LE(SEGMENT_BYTES, 54);
  head.writeUInt16LE(1, 56);
  // The segment: loaded, readable and executable, from the start of the file.
  head.writeUInt32LE(1, 64);
  head.writeUInt32LE(5, 68);
  head.writeBigUInt64LE(LOAD_ADDRESS, 80);
  head.writeBigUInt64LE(LOAD_ADDRESS, 88);
  head.writeBigUInt64LE(BigInt(entry + code.length), 96);
  head.writeBigUInt64LE(BigInt(entry + code.length), 104);
  head.writeBigUInt64LE(0x10000n, 112);
  return Buffer.concat([head, Buffer.from(code)]);
};

/** @spec POSIX.1-1988 ustar */
const tarHeader = (name: string, size: number): Buffer => {
  const header = Buffer.alloc(TAR_BLOCK);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  header.write(name, 0);
  header.write(octal(0o755, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  // The checksum counts its own field as blanks.
  header.fill(' ', 148, 156);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return header;
};
