/**
 * Paths of fields into their parts.
 * @upstream sigs.k8s.io/kustomize/kyaml/utils/pathsplitter.go
 */
import { Failure } from '@argosy/base';

/** Most parts of a path: no document is as deep. */
const MOST_PARTS = 200;

/** Splits at a delimiter; a backslash before it makes it part of a name. Throws Failure `InvalidField`. */
export const splitPath = (path: string, delimiter: string): readonly string[] => {
  const pieces = path.split(delimiter);
  if (pieces.length > 1 && pieces[0] === '') pieces.shift();
  const parts: string[] = [];
  for (const piece of pieces) {
    const last = parts.at(-1);
    if (last?.endsWith('\\')) parts[parts.length - 1] = `${last.slice(0, -1)}${delimiter}${piece}`;
    else parts.push(piece);
  }
  if (parts.length > MOST_PARTS)
    throw new Failure(`a field path has more than ${MOST_PARTS} parts`, { code: 'InvalidField' });
  return parts;
};

/** Splits at dots that are not within brackets: `a.[b=c.d].e`, `metadata.annotations.[a.b/c]`. */
export const splitFieldPath = (path: string): readonly string[] => {
  const pieces = [...splitPath(path, '.')];
  const parts: string[] = [];
  for (let piece = pieces.shift(); piece !== undefined; piece = pieces.shift()) {
    if (!piece.startsWith('[') || piece.endsWith(']')) {
      parts.push(piece);
      continue;
    }
    const bracketed = [piece];
    while (pieces.length > 0 && !bracketed.at(-1)?.endsWith(']')) bracketed.push(pieces.shift() ?? '');
    const text = bracketed.join('.');
    parts.push(text.includes('=') ? text : text.replace(/^[[\]]+|[[\]]+$/g, ''));
  }
  return parts;
};
