/**
 * The pairs a generator collects: env files, literals and files.
 * @upstream sigs.k8s.io/kustomize/api/kv/kv.go, api/internal/generators/utils.go
 */
import { Failure } from '@argosy/base';

import type { GeneratorEntry } from '../file/kustomization.ts';

/** Reads a file's bytes. */
export type ReadBytes = (path: string) => Promise<Uint8Array>;

/** The pairs in the order of their keys. Throws Failure `InvalidGenerator`, or what reading throws. */
export const collectPairs = async (
  entry: GeneratorEntry,
  read: ReadBytes,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const pairs: (readonly [string, Uint8Array])[] = [];
  for (const path of entry.envs ?? []) pairs.push(...parseEnvironment(await read(path), path));
  for (const literal of entry.literals ?? []) pairs.push(parseLiteral(literal));
  for (const source of entry.files ?? []) {
    const { key, path } = parseFileSource(source);
    pairs.push([key, await read(path)]);
  }
  const collected = new Map<string, Uint8Array>();
  for (const [key, value] of pairs) {
    if (collected.has(key)) throw invalid(`illegally repeats the key ${JSON.stringify(key)}`);
    collected.set(key, value);
  }
  return collected;
};

/** Whether bytes are text. */
export const decodeText = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

const parseEnvironment = (bytes: Uint8Array, path: string): readonly (readonly [string, Uint8Array])[] => {
  const text = decodeText(bytes);
  if (text === undefined) throw invalid(`env file ${path} has invalid utf8 bytes`);
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  return lines.flatMap((line) => {
    const trimmed = line.replace(/\r$/, '').replace(/^[\s\u0085]+/, '');
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const at = trimmed.indexOf('=');
    const key = at < 0 ? trimmed : trimmed.slice(0, at);
    if (key === '') return [];
    return [[key, encode(at < 0 ? '' : trimmed.slice(at + 1))] as const];
  });
};

const parseLiteral = (literal: string): readonly [string, Uint8Array] => {
  const at = literal.indexOf('=');
  if (at <= 0) throw invalid(`invalid literal source ${literal}, expected key=value`);
  return [literal.slice(0, at), encode(withoutQuotes(literal.slice(at + 1)))];
};

const withoutQuotes = (text: string): string => {
  const isQuoted = text.length >= 2 && text[0] === text.at(-1) && (text[0] === '"' || text[0] === "'");
  return isQuoted ? text.slice(1, -1) : text;
};

const parseFileSource = (source: string): { readonly key: string; readonly path: string } => {
  const [key = '', path, ...rest] = source.split('=');
  if (path === undefined) return { key: source.split('/').findLast((part) => part !== '') ?? '', path: source };
  if (rest.length > 0) throw invalid(`source ${JSON.stringify(source)}: key name or file path contains '='`);
  if (key === '') throw invalid(`missing key name for file path ${JSON.stringify(path)} in source ${source}`);
  if (path === '') throw invalid(`missing file path for key name ${JSON.stringify(key)} in source ${source}`);
  return { key, path };
};

const invalid = (why: string): Failure => new Failure(why, { code: 'InvalidGenerator' });
