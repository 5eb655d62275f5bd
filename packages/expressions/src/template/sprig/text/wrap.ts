/**
 * Wrapping and abbreviating by bytes.
 * @spec Masterminds/goutils wordutils.go WrapCustom, stringutils.go AbbreviateFull
 */
import { fromByteText, toByteText } from './byte-text.ts';

/** How to wrap. */
export interface WrapOptions {
  readonly width: number;
  readonly newline: string;
  /** Whether words longer than the width are broken. */
  readonly breaksWords: boolean;
}

/** Wraps at spaces. */
export const wrapText = (text: string, options: WrapOptions): string => {
  const bytes = toByteText(text);
  const newline = toByteText(options.newline === '' ? '\n' : options.newline);
  const width = Math.max(1, options.width);
  let [at, output] = [0, ''];
  while (bytes.length - at > width) {
    if (bytes[at] === ' ') {
      at += 1;
      continue;
    }
    const space = bytes.slice(at, at + width + 1).lastIndexOf(' ');
    const end = space >= 0 ? at + space : options.breaksWords ? at + width : nextSpace(bytes, at + width);
    output += bytes.slice(at, end);
    if (end >= bytes.length && space < 0) return fromByteText(output);
    output += newline;
    at = space >= 0 || !options.breaksWords ? end + 1 : end;
  }
  return fromByteText(output + bytes.slice(at));
};

const nextSpace = (bytes: string, from: number): number => {
  const found = bytes.indexOf(' ', from);
  return found < 0 ? bytes.length : found;
};

/** Shortens to a width, from an offset, with dots where something is left out. */
export const abbreviate = (text: string, offset: number, width: number): string =>
  fromByteText(abbreviateBytes(toByteText(text), offset, width));

const abbreviateBytes = (bytes: string, offset: number, width: number): string => {
  if (bytes === '' || width < 4) return '';
  if (bytes.length <= width) return bytes;
  const latest = bytes.length - (width - 3);
  const from = bytes.length - Math.min(offset, bytes.length) < width - 3 ? latest : Math.min(offset, bytes.length);
  if (from <= 4) return `${bytes.slice(0, width - 3)}...`;
  if (width < 7) return '';
  if (from + width - 3 < bytes.length) return `...${abbreviateBytes(bytes.slice(from), 0, width - 3)}`;
  return `...${bytes.slice(latest)}`;
};
