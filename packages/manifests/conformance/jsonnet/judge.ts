/** The judge of Jsonnet: a `jsonnet` program that is asked about one snippet, and the cases it was asked about before. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** What a snippet gives: its text, or what is wrong and where (line and column of the first place in the snippet). */
export type Verdict =
  | { readonly text: string }
  | { readonly error: string; readonly isStatic: boolean; readonly at?: string };

/** A snippet of a topic, with what the judge said. */
export interface Case {
  readonly code: string;
  readonly verdict: Verdict;
}

const FOLDER = import.meta.dirname;

/** The topics: `<topic>.txt` holds the snippets, one a line. */
export const topics = (): readonly string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -4))
    .sort();

/** Snippets of a topic; `<nl>` ends a line. */
export const snippetsOf = (topic: string): readonly string[] =>
  readFileSync(path.join(FOLDER, `${topic}.txt`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('<nl>', '\n'));

/** Where the verdicts on a topic are kept. */
export const verdictsFile = (topic: string): string => path.join(FOLDER, `${topic}.verdicts.json`);

/** The cases of a topic. */
export const casesOf = (topic: string): readonly Case[] => {
  const verdicts = JSON.parse(readFileSync(verdictsFile(topic), 'utf8')) as Record<string, Verdict>;
  return snippetsOf(topic).map((code) => ({ code, verdict: verdicts[code]! }));
};

/** The program's version line, or nothing when there is none. */
export const judgeVersion = (program: string): string | undefined => {
  const asked = spawnSync(program, ['--version'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : undefined;
};

/** Asks the judge. */
export const judge = (program: string, code: string): Verdict => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'argosy-jsonnet-'));
  try {
    writeFileSync(path.join(folder, 'main.jsonnet'), code);
    const asked = spawnSync(program, ['main.jsonnet'], { cwd: folder, encoding: 'utf8' });
    return asked.status === 0 ? { text: asked.stdout } : toRefusal(asked.stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const toRefusal = (said: string): Verdict => {
  const [first = ''] = said.split('\n');
  const isStatic = !first.startsWith('RUNTIME ERROR') && !first.startsWith('INTERNAL ERROR');
  const at = /main\.jsonnet:\(?(\d+:\d+)/.exec(said)?.[1];
  const error = first.replace(/^RUNTIME ERROR: /, '').replace(/^main\.jsonnet:\S+ /, '');
  return { error, isStatic, ...(at !== undefined && { at }) };
};
