/**
 * The parts of a Go layout.
 * @spec time/format.go nextStdChunk
 */

/** Text, or a part that stands for a field of the time. */
export interface LayoutPart {
  readonly isToken: boolean;
  readonly text: string;
}

const TOKENS = [
  'January',
  'Monday',
  'MST',
  '002',
  '01',
  '02',
  '03',
  '04',
  '05',
  '06',
  '15',
  '1',
  '2006',
  '2',
  '__2',
  '_2',
  '3',
  '4',
  '5',
  'PM',
  'pm',
  '-070000',
  '-07:00:00',
  '-0700',
  '-07:00',
  '-07',
  'Z070000',
  'Z07:00:00',
  'Z0700',
  'Z07:00',
  'Z07',
];
const FRACTION = /[.,](?:0+|9+)(?!\d)/y;

/** Splits a layout. Neighbouring texts are one. */
export const splitLayoutParts = (layout: string): readonly LayoutPart[] => {
  const parts: LayoutPart[] = [];
  let text = '';
  for (let at = 0; at < layout.length;) {
    const token = tokenAt(layout, at);
    if (token === undefined) {
      text += layout[at] ?? '';
      at += 1;
      continue;
    }
    if (text !== '') parts.push({ isToken: false, text });
    text = '';
    parts.push({ isToken: true, text: token });
    at += token.length;
  }
  if (text !== '') parts.push({ isToken: false, text });
  return parts;
};

const tokenAt = (layout: string, at: number): string | undefined => {
  FRACTION.lastIndex = at;
  const fraction = FRACTION.exec(layout)?.[0];
  if (fraction !== undefined) return fraction;
  // In `_2006` the underscore is text.
  if (layout.startsWith('_2006', at)) return undefined;
  const token = TOKENS.find((one) => layout.startsWith(one, at));
  if (token !== undefined) return token;
  const short = ['Jan', 'Mon'].find((one) => layout.startsWith(one, at));
  return short !== undefined && !/[a-z]/.test(layout[at + 3] ?? '') ? short : undefined;
};
