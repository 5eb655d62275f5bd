/** `argosy eval`: try an expression of one of the languages inside manifests. */
import { readFileSync } from 'node:fs';

import { Option, type Command } from 'commander';

import { createSystemClock, Failure, messageOf, type Json } from '@argosy/base';

import { evaluateIn, LANGUAGES, parseInput, showFault, type Language } from '../evaluate/evaluate-in.ts';

const EXAMPLES = `
Examples:
  argosy eval --language when '3 > 2 && "a" == "a"'
  argosy eval --language expr --input event.json 'body.ref matches "main$"'
  argosy eval --language template --input values.json '{{ .image.tag | default "latest" }}'
  argosy eval --language jsonpath --input pod.json '{.status.phase}'
  argosy eval --language lua --input object.json 'return status.phase == "Ready"'
`;

/** Adds the command. */
export const addEvalCommand = (program: Command): void => {
  program
    .command('eval <expression>')
    .description('try an expression of one of the languages inside manifests')
    .addOption(new Option('--language <name>', 'which language').choices([...LANGUAGES]).makeOptionMandatory())
    .option('--input <file>', 'JSON the expression sees; - reads standard input')
    .addHelpText('after', EXAMPLES)
    .action((expression: string, flags: { readonly language: Language; readonly input?: string }) => {
      const input = flags.input === undefined ? {} : readInput(flags.input);
      const found = evaluateIn(flags.language, expression, { input, now: createSystemClock().now() });
      if (found.ok) return console.log(found.value);
      for (const line of showFault(expression, found.error)) console.error(line);
      process.exitCode = 1;
    });
};

const readInput = (file: string): Json => {
  const text = readText(file);
  const parsed = parseInput(text, file === '-' ? 'the input' : file);
  if (!parsed.ok) throw new Failure(parsed.error, { code: 'BadInput' });
  return parsed.value;
};

const readText = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (thrown) {
    throw new Failure(`${file} cannot be read: ${messageOf(thrown)}`, { code: 'BadInput', cause: thrown });
  }
};
