/**
 * Lines that differ between two texts, in the form of `diff -u`. Pure.
 */

/** A line: kept, taken away or added. */
interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

const CONTEXT = 3;
/** Beyond that many pairs of lines a block is shown as replaced: the table for the shortest edit would be too large. */
const LARGEST_TABLE = 4_000_000;

/** Hunks of a unified diff, each with its head; none when the texts are equal. */
export const unifiedDiff = (from: string, to: string): readonly string[] => {
  const edits = editsBetween(linesOf(from), linesOf(to));
  const changed = edits.flatMap((edit, index) => (edit.sign === ' ' ? [] : [index]));
  const hunks: string[] = [];
  for (let at = 0; at < changed.length;) {
    const first = changed[at] ?? 0;
    let last = first;
    // Changes whose contexts touch share a hunk.
    while (at < changed.length && (changed[at] ?? 0) <= last + 2 * CONTEXT + 1) last = changed[at++] ?? last;
    hunks.push(...hunkOf(edits, Math.max(0, first - CONTEXT), Math.min(edits.length, last + CONTEXT + 1)));
  }
  return hunks;
};

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

const hunkOf = (edits: readonly Edit[], start: number, end: number): readonly string[] => {
  const count = (list: readonly Edit[], sign: '-' | '+'): number =>
    list.filter((edit) => edit.sign === ' ' || edit.sign === sign).length;
  const before = edits.slice(0, start);
  const shown = edits.slice(start, end);
  const range = (sign: '-' | '+'): string => {
    const length = count(shown, sign);
    const first = count(before, sign) + (length === 0 ? 0 : 1);
    return length === 1 ? String(first) : `${first},${length}`;
  };
  return [`@@ -${range('-')} +${range('+')} @@`, ...shown.map(({ sign, line }) => `${sign}${line}`)];
};

const editsBetween = (from: readonly string[], to: readonly string[]): readonly Edit[] => {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  const kept = (lines: readonly string[]): readonly Edit[] => lines.map((line) => ({ sign: ' ', line }));
  return [
    ...kept(from.slice(0, start)),
    ...middle(from.slice(start, from.length - end), to.slice(start, to.length - end)),
    ...kept(from.slice(from.length - end)),
  ];
};

/** The longest common subsequence keeps the most lines. */
const middle = (from: readonly string[], to: readonly string[]): readonly Edit[] => {
  const replaced: readonly Edit[] = [
    ...from.map((line): Edit => ({ sign: '-', line })),
    ...to.map((line): Edit => ({ sign: '+', line })),
  ];
  if (from.length === 0 || to.length === 0 || from.length * to.length > LARGEST_TABLE) return replaced;
  const width = to.length + 1;
  const lengths = new Uint32Array((from.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = from.length - 1; row >= 0; row -= 1)
    for (let column = to.length - 1; column >= 0; column -= 1)
      lengths[row * width + column] =
        from[row] === to[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
  const edits: Edit[] = [];
  let [row, column] = [0, 0];
  while (row < from.length || column < to.length) {
    if (row < from.length && column < to.length && from[row] === to[column]) {
      edits.push({ sign: ' ', line: from[row] ?? '' });
      row += 1;
      column += 1;
    } else if (row < from.length && (column >= to.length || at(row + 1, column) >= at(row, column + 1))) {
      edits.push({ sign: '-', line: from[row] ?? '' });
      row += 1;
    } else {
      edits.push({ sign: '+', line: to[column] ?? '' });
      column += 1;
    }
  }
  return edits;
};
