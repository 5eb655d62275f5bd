/**
 * Templates out of a text: one of its own name, and those it defines.
 * @spec text/template/parse/parse.go
 */
import { ItemReader } from './item-reader.ts';
import { unquoteGo } from './literals.ts';
import type { PipeNode, TemplateNode, TemplateSource, TemplateTree } from './nodes.ts';
import { parsePipeline, type Scope } from './parse-pipeline.ts';
import { TemplateLexer, type Delimiters } from './tokenize.ts';
import type { Item } from './items.ts';

/** What parsing needs to know. */
export interface ParseOptions {
  readonly delimiters: Delimiters;
  /** Which functions exist: others are refused while parsing, as Go does. */
  readonly isFunction: (name: string) => boolean;
}

/** Parses a text; throws TemplateParseError. */
export const parseTemplate = (source: TemplateSource, options: ParseOptions): ReadonlyMap<string, TemplateTree> => {
  const wordsOff = new Set(['break', 'continue'].filter(options.isFunction));
  const lexer = new TemplateLexer(source.text, options.delimiters, wordsOff);
  return new TemplateParser(source, new ItemReader(source.name, lexer), options).parse();
};

/** Whether a template is blank: only space and comments. Such a one never replaces another. */
export const isBlank = (nodes: readonly TemplateNode[]): boolean =>
  nodes.every((node) => node.kind === 'text' && node.text.trim() === '');

type End = { readonly kind: 'end' } | { readonly kind: 'else'; readonly item: Item };
/** Nesting of blocks: beyond what people write, below what the stack holds. */
const MAX_BLOCKS = 300;

class TemplateParser {
  private readonly source: TemplateSource;
  private readonly reader: ItemReader;
  private readonly options: ParseOptions;
  private readonly trees = new Map<string, TemplateTree>();
  private scope: Scope;
  private rangeDepth = 0;
  private blockDepth = 0;

  constructor(source: TemplateSource, reader: ItemReader, options: ParseOptions) {
    this.source = source;
    this.reader = reader;
    this.options = options;
    this.scope = this.freshScope();
  }

  parse(): ReadonlyMap<string, TemplateTree> {
    const nodes: TemplateNode[] = [];
    while (this.reader.peek().kind !== 'eof') {
      const first = this.reader.next();
      if (first.kind === 'leftDelimiter') {
        const word = this.reader.nextNonSpace();
        if (word.kind === 'define') {
          this.parseDefinition();
          continue;
        }
        this.reader.back(first, word);
      } else this.reader.back(first);
      const node = this.textOrAction();
      if (node.kind === 'end' || node.kind === 'else') return this.reader.fail(`unexpected {{${node.kind}}}`);
      nodes.push(node);
    }
    this.add(this.source.name, nodes);
    return this.trees;
  }

  private freshScope(): Scope {
    return { variables: ['$'], isFunction: this.options.isFunction, depth: 0 };
  }

  private add(name: string, nodes: readonly TemplateNode[]): void {
    const present = this.trees.get(name);
    if (!present || isBlank(present.nodes)) this.trees.set(name, { name, source: this.source, nodes });
    else if (!isBlank(nodes)) this.reader.fail(`template: multiple definition of template ${JSON.stringify(name)}`);
  }

  private parseDefinition(): void {
    const name = this.templateName(this.reader.expect(['string', 'rawString'], 'define clause'), 'define clause');
    this.reader.expect(['rightDelimiter'], 'define clause');
    this.add(name, this.ownBody('define clause'));
  }

  /** A body with variables and loops of its own. */
  private ownBody(context: string): readonly TemplateNode[] {
    const [scope, rangeDepth] = [this.scope, this.rangeDepth];
    this.scope = this.freshScope();
    this.rangeDepth = 0;
    const { nodes, end } = this.itemList();
    if (end.kind !== 'end') this.reader.fail(`unexpected {{${end.kind}}} in ${context}`);
    this.scope = scope;
    this.rangeDepth = rangeDepth;
    return nodes;
  }

  private itemList(): { readonly nodes: readonly TemplateNode[]; readonly end: End } {
    this.blockDepth += 1;
    if (this.blockDepth > MAX_BLOCKS) this.reader.fail('blocks are nested too deeply');
    const nodes: TemplateNode[] = [];
    while (this.reader.peekNonSpace().kind !== 'eof') {
      const node = this.textOrAction();
      if (node.kind === 'end' || node.kind === 'else') {
        this.blockDepth -= 1;
        return { nodes, end: node };
      }
      nodes.push(node);
    }
    return this.reader.fail('unexpected EOF');
  }

  private textOrAction(): TemplateNode | End {
    const item = this.reader.nextNonSpace();
    if (item.kind === 'text') return { kind: 'text', at: item.at, text: item.text };
    if (item.kind !== 'leftDelimiter') return this.reader.unexpected(item, 'input');
    this.reader.actionLine = item.line;
    const node = this.action();
    this.reader.actionLine = 0;
    return node;
  }

  private action(): TemplateNode | End {
    const item = this.reader.nextNonSpace();
    switch (item.kind) {
      case 'block':
        return this.block();
      case 'break':
      case 'continue':
        return this.jump(item.kind, item);
      case 'else':
        return this.elseClause();
      case 'end':
        this.reader.expect(['rightDelimiter'], 'end');
        return { kind: 'end' };
      case 'if':
      case 'range':
      case 'with':
        return this.branch(item.kind);
      case 'template':
        return this.templateCall();
      default: {
        this.reader.back(item);
        const pipe = parsePipeline(this.reader, this.scope, 'command', 'rightDelimiter');
        return { kind: 'action', at: item.at, pipe };
      }
    }
  }

  private jump(kind: 'break' | 'continue', item: Item): TemplateNode {
    const next = this.reader.nextNonSpace();
    if (next.kind !== 'rightDelimiter') return this.reader.unexpected(next, `{{${kind}}}`);
    if (this.rangeDepth === 0) return this.reader.fail(`{{${kind}}} outside {{range}}`);
    return { kind, at: item.at };
  }

  private elseClause(): End {
    const item = this.reader.peekNonSpace();
    if (item.kind === 'if' || item.kind === 'with') return { kind: 'else', item };
    return { kind: 'else', item: this.reader.expect(['rightDelimiter'], 'else') };
  }

  private branch(kind: 'if' | 'range' | 'with'): TemplateNode {
    const declaredBefore = this.scope.variables.length;
    const pipe = parsePipeline(this.reader, this.scope, kind, 'rightDelimiter');
    if (kind === 'range') this.rangeDepth += 1;
    const { nodes: body, end } = this.itemList();
    if (kind === 'range') this.rangeDepth -= 1;
    const otherwise = end.kind === 'else' ? this.otherwise(kind) : undefined;
    this.scope.variables.length = declaredBefore;
    return { kind, at: pipe.at, pipe, body, otherwise };
  }

  private otherwise(kind: 'if' | 'range' | 'with'): readonly TemplateNode[] {
    if (kind !== 'range' && this.reader.peek().kind === kind) {
      this.reader.next();
      this.blockDepth += 1;
      if (this.blockDepth > MAX_BLOCKS) this.reader.fail('blocks are nested too deeply');
      const chained = this.branch(kind);
      this.blockDepth -= 1;
      return [chained];
    }
    const { nodes, end } = this.itemList();
    return end.kind === 'end' ? nodes : this.reader.fail(`expected end; found {{${end.kind}}}`);
  }

  private block(): TemplateNode {
    const item = this.reader.nextNonSpace();
    const name = this.templateName(item, 'block clause');
    const pipe = parsePipeline(this.reader, this.scope, 'block clause', 'rightDelimiter');
    this.add(name, this.ownBody('block clause'));
    return { kind: 'template', at: item.at, name, pipe };
  }

  private templateCall(): TemplateNode {
    const item = this.reader.nextNonSpace();
    const name = this.templateName(item, 'template clause');
    const next = this.reader.nextNonSpace();
    let pipe: PipeNode | undefined;
    if (next.kind !== 'rightDelimiter') {
      this.reader.back(next);
      pipe = parsePipeline(this.reader, this.scope, 'template clause', 'rightDelimiter');
    }
    return { kind: 'template', at: item.at, name, pipe };
  }

  private templateName(item: Item, context: string): string {
    if (item.kind !== 'string' && item.kind !== 'rawString') return this.reader.unexpected(item, context);
    return unquoteGo(item.text) ?? this.reader.fail('invalid syntax');
  }
}
