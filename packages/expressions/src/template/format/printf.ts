/**
 * Formats with verbs, flags, widths and argument indexes.
 * @spec fmt/print.go doPrintf
 */
import { GoNumber, goTypeOf, type GoValue } from '../values.ts';
import { PLAIN, type VerbFlags } from './pieces.ts';
import { printArgument } from './print.ts';

/** Widths and precisions beyond this are bad, as in Go. */
const LARGEST = 1_000_000;

/** Formats arguments; never fails: what is wrong stands in the text, as Go has it. */
export const formatPrintf = (format: string, args: readonly GoValue[]): string => new Printf(format, args).run();

type Flags = { -readonly [key in keyof VerbFlags]: VerbFlags[key] };

class Printf {
  private readonly format: string;
  private readonly args: readonly GoValue[];
  private text = '';
  private at = 0;
  private argument = 0;
  private isReordered = false;
  private isGoodIndex = true;
  private isAfterIndex = false;

  constructor(format: string, args: readonly GoValue[]) {
    this.format = format;
    this.args = args;
  }

  run(): string {
    while (this.at < this.format.length) {
      const next = this.format.indexOf('%', this.at);
      this.text += this.format.slice(this.at, next < 0 ? undefined : next);
      if (next < 0) break;
      this.at = next + 1;
      this.directive();
    }
    if (!this.isReordered && this.argument < this.args.length) this.text += this.extra();
    return this.text;
  }

  private directive(): void {
    this.isGoodIndex = true;
    const flags: Flags = { ...PLAIN };
    this.readFlags(flags);
    this.isAfterIndex = this.readIndex();
    this.readWidth(flags);
    this.readPrecision(flags);
    if (!this.isAfterIndex) this.isAfterIndex = this.readIndex();
    if (this.at >= this.format.length) {
      this.text += '%!(NOVERB)';
      return;
    }
    const verb = String.fromCodePoint(this.format.codePointAt(this.at) ?? 0);
    this.at += verb.length;
    this.verb(verb, flags);
  }

  private verb(verb: string, flags: Flags): void {
    if (verb === '%') this.text += '%';
    else if (!this.isGoodIndex) this.text += `%!${verb}(BADINDEX)`;
    else if (this.argument >= this.args.length) this.text += `%!${verb}(MISSING)`;
    else {
      const shown =
        verb === 'v' || verb === 'w'
          ? { ...flags, sharpV: flags.sharp, sharp: false, plusV: flags.plus, plus: false }
          : flags;
      this.text += printArgument(this.args[this.argument], verb, shown);
      this.argument += 1;
    }
  }

  private readFlags(flags: Flags): void {
    for (; this.at < this.format.length; this.at += 1) {
      const character = this.format[this.at];
      if (character === '#') flags.sharp = true;
      else if (character === '0') flags.zero = true;
      else if (character === '+') flags.plus = true;
      else if (character === '-') flags.minus = true;
      else if (character === ' ') flags.space = true;
      else return;
    }
  }

  /** `[n]`: the next argument is the n-th. Whether an index was there. */
  private readIndex(): boolean {
    if (this.format[this.at] !== '[') return false;
    this.isReordered = true;
    const close = this.format.indexOf(']', this.at);
    if (close < 0) {
      this.isGoodIndex = false;
      this.at += 1;
      return false;
    }
    const inside = this.format.slice(this.at + 1, close);
    this.at = close + 1;
    const index = /^\d+$/.test(inside) && Number(inside) <= LARGEST ? Number(inside) - 1 : undefined;
    if (index !== undefined && index >= 0 && index < this.args.length) {
      this.argument = index;
      return true;
    }
    this.isGoodIndex = false;
    return index !== undefined;
  }

  private readWidth(flags: Flags): void {
    if (this.format[this.at] !== '*') {
      flags.width = this.readNumber();
      if (this.isAfterIndex && flags.width !== undefined) this.isGoodIndex = false;
      return;
    }
    this.at += 1;
    const width = this.numberArgument();
    if (width === undefined) this.text += '%!(BADWIDTH)';
    flags.width = width === undefined ? undefined : Math.abs(width);
    if (width !== undefined && width < 0) {
      flags.minus = true;
      flags.zero = false;
    }
    this.isAfterIndex = false;
  }

  private readPrecision(flags: Flags): void {
    // A point that ends the format is a verb.
    if (this.format[this.at] !== '.' || this.at + 1 >= this.format.length) return;
    this.at += 1;
    if (this.isAfterIndex) this.isGoodIndex = false;
    this.isAfterIndex = this.readIndex();
    if (this.format[this.at] !== '*') {
      flags.precision = this.readNumber() ?? 0;
      return;
    }
    this.at += 1;
    const precision = this.numberArgument();
    flags.precision = precision === undefined || precision < 0 ? undefined : precision;
    if (flags.precision === undefined) this.text += '%!(BADPREC)';
    this.isAfterIndex = false;
  }

  private readNumber(): number | undefined {
    const digits = /^\d+/.exec(this.format.slice(this.at, this.at + 12))?.[0];
    if (digits === undefined) return undefined;
    if (Number(digits) > LARGEST * 10) {
      this.at = this.format.length;
      return undefined;
    }
    this.at += digits.length;
    return Number(digits);
  }

  private numberArgument(): number | undefined {
    const value = this.args[this.argument];
    if (this.argument >= this.args.length) return undefined;
    this.argument += 1;
    const number = value instanceof GoNumber ? value.value : value;
    return typeof number === 'bigint' && number <= LARGEST && number >= -LARGEST ? Number(number) : undefined;
  }

  private extra(): string {
    const shown = this.args
      .slice(this.argument)
      .map((arg) =>
        arg === null || arg === undefined ? '<nil>' : `${goTypeOf(arg)}=${printArgument(arg, 'v', PLAIN)}`,
      );
    return `%!(EXTRA ${shown.join(', ')})`;
  }
}
