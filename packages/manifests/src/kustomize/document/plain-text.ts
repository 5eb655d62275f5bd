/**
 * Scalars of which more is known than their value: how they were written.
 */

/** A number written unusually or too large for one, a null written out, or a time. */
export class PlainScalar {
  readonly kind: 'number' | 'null' | 'time';
  readonly text: string;

  constructor(kind: PlainScalar['kind'], text: string) {
    this.kind = kind;
    this.text = text;
  }
}

/** A text written in quotes or as a block: whatever a patch puts in its place becomes text as well. */
export class StyledText {
  readonly text: string;
  /** Keeps the reader of YAML from taking it for a mapping when it is a key. */
  readonly [Symbol.toStringTag] = 'Text';

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}
