/**
 * What becomes of a text that was written folded (`>`). Upstream writes a document as YAML and reads it back before it
 * prints, and what writes folded texts there puts a line break too many before lines that stand further in, and at
 * ends that are kept.
 * @upstream sigs.k8s.io/yaml/goyaml.v3/emitterc.go#yaml_emitter_write_folded_scalar, scannerc.go
 */

/** What a block can hold; others are written in quotes, and come back as they were. */
const BLOCK = /^[\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;
const BLANK_END = / (?:\n|$)/;

/** A folded text as it comes back. */
export const refold = (text: string): string => {
  if (!BLOCK.test(text) || BLANK_END.test(text)) return text;
  // A line's end is looked for from the beginning of the text, where only a blank keeps the further break out.
  const further = /^\n*(?:[ \t]|$)/.test(text) ? 0 : 1;
  return text.replaceAll(/([^\n]+)(\n+)(?=([^\n]?))/g, (_, line: string, breaks: string, next: string) => {
    const written = breaks.length + (isBlank(line) ? 0 : further);
    return line + (next === '' ? readEnd(breaks, written) : readBetween(written, isBlank(line) || isBlank(next)));
  });
};

/** One break becomes a blank, of several one is dropped; beside lines further in all stay. */
const readBetween = (written: number, isFurtherIn: boolean): string => {
  if (isFurtherIn) return '\n'.repeat(written);
  return written === 1 ? ' ' : '\n'.repeat(written - 1);
};

/** One break is what a text ends in; several are kept, with what was added. */
const readEnd = (breaks: string, written: number): string => '\n'.repeat(breaks.length === 1 ? 1 : written);

const isBlank = (line: string): boolean => line.startsWith(' ') || line.startsWith('\t');
