/**
 * `lint`: judges manifests by the functions that admit and run them. @spec WF-CLI-08
 */
import { Failure } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { ReferencedSpecs } from '../compile/workflow-graph.ts';
import { isLintable, lintObject, specsOf } from '../operations/lint.ts';
import type { WorkflowExitCode } from './command-deps.ts';

/** One file: its objects, or why it cannot be read. */
export interface ManifestFile {
  readonly file: string;
  readonly objects: readonly KubeObject[];
  readonly error?: string;
}

/** How to lint. */
export interface LintOptions {
  readonly output: 'pretty' | 'simple';
  /** Plural names, e.g. `workflows,workflowtemplates`; empty or `all` means every kind of ours. */
  readonly kinds: readonly string[];
  /** Finds what the files refer to and do not hold; without it, only the files count (`--offline`). */
  readonly readReferences?: (object: KubeObject) => Promise<ReferencedSpecs>;
}

/** Prints what is wrong; 1 when something is, or when there was nothing to judge. */
export const lintManifests = async (
  { print }: { readonly print: (line: string) => void },
  files: readonly ManifestFile[],
  options: LintOptions,
): Promise<WorkflowExitCode> => {
  const wanted = kindsOf(options.kinds);
  const local = specsOf(files.flatMap(({ objects }) => objects));
  let findings = 0;
  let judged = 0;
  for (const { file, objects, error } of files) {
    const lines: string[] = error === undefined ? [] : [error];
    for (const object of objects) {
      if (!isLintable(object) || (wanted.length > 0 && !wanted.includes(object.kind))) continue;
      judged += 1;
      const others = (await options.readReferences?.(object)) ?? new Map();
      const name = object.metadata.name ?? object.metadata.generateName ?? '';
      for (const message of lintObject(object, new Map([...others, ...local])))
        lines.push(`in "${name}" (${object.kind}): ${message}`);
    }
    findings += lines.length;
    for (const line of options.output === 'simple' ? simple(file, lines) : pretty(file, lines)) print(line);
  }
  if (findings > 0) {
    if (options.output === 'pretty') print(`✖ ${findings} linting errors found!`);
    return 1;
  }
  if (judged === 0) {
    print('✖ found nothing to lint in the specified paths, failing...');
    return 1;
  }
  if (options.output === 'pretty') print('✔ no linting errors found!');
  return 0;
};

const simple = (file: string, lines: readonly string[]): readonly string[] => lines.map((line) => `${file}: ${line}`);

const pretty = (file: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`${file}:`, '', ...lines.map((line) => `   ✖ ${line}`), ''];

const KINDS: Readonly<Record<string, string>> = {
  workflows: 'Workflow',
  workflowtemplates: 'WorkflowTemplate',
  clusterworkflowtemplates: 'ClusterWorkflowTemplate',
  cronworkflows: 'CronWorkflow',
};

const kindsOf = (names: readonly string[]): readonly string[] => {
  if (names.length === 0 || names.includes('all')) return [];
  return names.map((name) => {
    const kind = KINDS[name.toLowerCase()];
    if (kind !== undefined) return kind;
    throw new Failure(`--kinds ${name}: one of all, ${Object.keys(KINDS).join(', ')}`, { code: 'UnknownKind' });
  });
};
