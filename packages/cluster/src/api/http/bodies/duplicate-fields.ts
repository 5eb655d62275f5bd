/**
 * Fields that stand twice in a JSON text. JSON.parse takes the last of them without a word.
 * @upstream sigs.k8s.io/json (strict decoding)
 */

/** Where the reading is: in an object with the names seen so far, or in a list. */
type Frame =
  | { readonly kind: 'object'; readonly seen: Map<string, number>; name: string; isName: boolean }
  | { readonly kind: 'list'; at: number };

/** Most fields that are told of one text, as upstream's decoder has it. */
const MOST_TOLD = 100;

/** Paths of the first repeated fields of a valid JSON text, e.g. `spec.containers[0].image`, each once. Pure. */
export const duplicateFields = (text: string): readonly string[] => {
  const found = new Set<string>();
  const frames: Frame[] = [];
  for (let at = 0; at < text.length && found.size < MOST_TOLD; at += 1) {
    const top = frames.at(-1);
    switch (text[at]) {
      case '"': {
        const end = endOfText(text, at);
        if (top?.kind === 'object' && top.isName)
          readName(top, JSON.parse(text.slice(at, end + 1)) as string, found, frames);
        at = end;
        break;
      }
      case '{':
        frames.push({ kind: 'object', seen: new Map(), name: '', isName: true });
        break;
      case '[':
        frames.push({ kind: 'list', at: 0 });
        break;
      case '}':
      case ']':
        frames.pop();
        break;
      case ',':
        if (top?.kind === 'object') top.isName = true;
        else if (top) top.at += 1;
        break;
      default:
    }
  }
  return [...found];
};

const readName = (
  frame: Extract<Frame, { readonly kind: 'object' }>,
  name: string,
  found: Set<string>,
  frames: readonly Frame[],
): void => {
  frame.isName = false;
  frame.name = name;
  const times = frame.seen.get(name) ?? 0;
  // What stands three times is told once: its path is not written again for each.
  if (times === 1) found.add(pathOf(frames));
  frame.seen.set(name, times + 1);
};

const pathOf = (frames: readonly Frame[]): string =>
  frames.reduce(
    (path, frame) =>
      frame.kind === 'list' ? `${path}[${frame.at}]` : path === '' ? frame.name : `${path}.${frame.name}`,
    '',
  );

/** The quotation mark that ends a text: the next one with an even number of backslashes before it. */
const endOfText = (text: string, start: number): number => {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
};
