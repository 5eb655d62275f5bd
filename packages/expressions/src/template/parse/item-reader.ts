/**
 * Items with look-ahead, and the errors of the parser.
 * @spec text/template/parse/parse.go next, backup, errorf, unexpected
 */
import { TemplateParseError } from './parse-error.ts';
import type { TemplateLexer } from './tokenize.ts';
import { describeItem } from './items.ts';
import type { Item } from './items.ts';
import type { ItemKind } from './items.ts';

/** A reader that may step back. */
export class ItemReader {
  readonly name: string;
  private readonly lexer: TemplateLexer;
  private readonly pending: Item[] = [];
  private latest: Item | undefined;
  /** Line the action being read began at; 0 between actions. */
  actionLine = 0;

  constructor(name: string, lexer: TemplateLexer) {
    this.name = name;
    this.lexer = lexer;
  }

  next(): Item {
    const pending = this.pending.pop();
    if (pending) return pending;
    this.latest = this.lexer.next();
    return this.latest;
  }

  /** Puts items back; the first given comes next. */
  back(...items: readonly Item[]): void {
    this.pending.push(...items.toReversed());
  }

  peek(): Item {
    const item = this.next();
    this.back(item);
    return item;
  }

  nextNonSpace(): Item {
    for (;;) {
      const item = this.next();
      if (item.kind !== 'space') return item;
    }
  }

  /** Skips spaces and looks. */
  peekNonSpace(): Item {
    const item = this.nextNonSpace();
    this.back(item);
    return item;
  }

  expect(kinds: readonly ItemKind[], context: string): Item {
    const item = this.nextNonSpace();
    return kinds.includes(item.kind) ? item : this.unexpected(item, context);
  }

  unexpected(item: Item, context: string): never {
    if (item.kind !== 'error') return this.fail(`unexpected ${describeItem(item)} in ${context}`);
    if (this.actionLine === 0 || this.actionLine === item.line) return this.fail(item.text);
    const extra = ` in action started at ${this.name}:${this.actionLine}`;
    // Go avoids "unclosed action in action started".
    return this.fail(item.text + (item.text.endsWith(' action') ? extra.slice(' in action'.length) : extra));
  }

  fail(message: string): never {
    throw new TemplateParseError(this.name, this.latest?.line ?? 1, message);
  }
}
