/**
 * Programs out of tokens.
 * @spec github.com/itchyny/gojq parser.go.y
 */
import type { JqFunction, JqNode } from './ast.ts';
import { JqReader, type JqGrammar } from './jq-reader.ts';
import { parseAlternative, parseDefinition, parsePipe } from './parse-operators.ts';

const GRAMMAR: JqGrammar = { pipe: parsePipe, alternative: parseAlternative };

/** Parses a whole program; throws JqSyntaxError. */
export const parseJq = (source: string): JqNode => {
  const reader = new JqReader(source, GRAMMAR);
  const node = reader.pipe();
  reader.expectEnd();
  return node;
};

/** Parses definitions only, as a library is. */
export const parseJqDefinitions = (source: string): readonly JqFunction[] => {
  const reader = new JqReader(source, GRAMMAR);
  const definitions: JqFunction[] = [];
  while (reader.isName('def')) definitions.push(parseDefinition(reader));
  reader.expectEnd();
  return definitions;
};
