/**
 * Scalars of which more is known than their value: how they were written.
 */
import { refold } from './folded-text.ts';

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
  readonly isFolded: boolean;
  /** Keeps the reader of YAML from taking it for a mapping when it is a key. */
  readonly [Symbol.toStringTag] = 'Text';

  constructor(text: string, isFolded = false) {
    this.text = text;
    this.isFolded = isFolded;
  }

  /** As it is after upstream wrote and read it on the way to what it prints. */
  get printed(): string {
    return this.isFolded ? refold(this.text) : this.text;
  }

  toString(): string {
    return this.text;
  }
}
