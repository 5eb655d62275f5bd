/**
 * Sprig's functions of slash-separated paths. The `os` ones are the same: manifests are made for Linux.
 * @spec https://pkg.go.dev/path
 */
import { goFunction } from '../functions/signature.ts';
import type { GoFunction, GoFunctions } from '../values.ts';

/** The shortest path that means the same. */
const cleanPath = (path: string): string => {
  if (path === '') return '.';
  const isRooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== '..') kept.pop();
    else if (!isRooted) kept.push('..');
  }
  const joined = kept.join('/');
  return isRooted ? `/${joined}` : joined === '' ? '.' : joined;
};

const baseOf = (path: string): string => {
  if (path === '') return '.';
  const trimmed = path.slice(0, endWithout(path, '/'));
  return trimmed === '' ? '/' : trimmed.slice(trimmed.lastIndexOf('/') + 1);
};

const endWithout = (text: string, character: string): number => {
  let end = text.length;
  while (end > 0 && text[end - 1] === character) end -= 1;
  return end;
};

const extensionOf = (path: string): string => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? '' : name.slice(dot);
};

const ofPath = (body: (path: string) => string | boolean): GoFunction => goFunction(['string'], ([path]) => body(path));

const base = ofPath(baseOf);
const clean = ofPath(cleanPath);
const dir = ofPath((path) => cleanPath(path.slice(0, path.lastIndexOf('/') + 1)));
const ext = ofPath(extensionOf);
const isAbs = ofPath((path) => path.startsWith('/'));

/** Functions of paths. */
export const PATH_FUNCTIONS: GoFunctions = {
  base,
  clean,
  dir,
  ext,
  isAbs,
  osBase: base,
  osClean: clean,
  osDir: dir,
  osExt: ext,
  osIsAbs: isAbs,
};
