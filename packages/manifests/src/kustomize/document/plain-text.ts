/**
 * Scalars whose text says more than their value.
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
