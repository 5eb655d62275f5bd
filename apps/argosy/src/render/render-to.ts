/**
 * Renders a source of this machine or of a Git repository and prints it.
 */
import { readFile } from 'node:fs/promises';

import { Failure, messageOf, type Clock, type Random } from '@argosy/base';
import { toGoValue, writeGoYaml } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';
import {
  joinPath,
  KUSTOMIZATION_FILES,
  renderDirectory,
  renderHelmChart,
  renderHelmText,
  renderJsonnetFile,
  renderKustomization,
  traceTree,
  type HelmOptions,
  type HelmSet,
  type HelmValues,
  type SetKind,
  type Tree,
} from '@argosy/manifests';

import { toJsonnetOptions, type JsonnetFlags } from './jsonnet-flags.ts';
import { openSource } from './open-source.ts';

/** Flags of `argosy render`. */
export interface RenderFlags extends JsonnetFlags {
  readonly revision: string;
  readonly path: string;
  readonly tool: string;
  readonly output: string;
  readonly recurse?: boolean;
  readonly trace?: boolean;
  readonly name: string;
  readonly nameTemplate?: string;
  readonly namespace: string;
  readonly values: readonly string[];
  readonly set: readonly string[];
  readonly setString: readonly string[];
  readonly setJson: readonly string[];
  readonly setFile: readonly string[];
  readonly setLiteral: readonly string[];
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
  readonly includeCrds?: boolean;
  readonly skipCrds?: boolean;
  readonly skipTests?: boolean;
  readonly hooks: boolean;
  readonly isUpgrade?: boolean;
  readonly skipSchemaValidation?: boolean;
  readonly showOnly: readonly string[];
}

/** Ports of the command. */
export interface RenderDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Readonly<Record<string, string>>;
  print(text: string): void;
  warn(line: string): void;
}

/** Renders and prints. Throws Failure: those of the tool, `InvalidFlag`. */
export const renderTo = async (deps: RenderDeps, where: string, flags: RenderFlags): Promise<void> => {
  if (flags.output !== 'yaml' && flags.output !== 'json') throw invalidFlag('--output', flags.output, 'yaml or json');
  const source = await openSource(deps, where, flags);
  try {
    const tree = traceTree(source.tree);
    await printRendered(deps, { tree, path: source.path }, flags);
    if (flags.trace) for (const look of tree.looks()) deps.warn(`${look.how} ${look.path || '.'}`);
  } finally {
    await source.close();
  }
};

interface Place {
  readonly tree: Tree;
  readonly path: string;
}

const printRendered = async (deps: RenderDeps, place: Place, flags: RenderFlags): Promise<void> => {
  const { tree, path } = place;
  const tool = await toolOf(place, flags.tool);
  if (tool === 'directory' || tool === 'jsonnet') {
    printObjects(deps, await renderPlain(place, tool, flags), flags.output);
    return;
  }
  if (tool === 'kustomize') {
    const { objects, text, warnings } = await renderKustomization(tree, path);
    for (const warning of warnings) deps.warn(warning);
    if (flags.output === 'json') printObjects(deps, objects, flags.output);
    else deps.print(text);
    return;
  }
  const options = await toHelmOptions(deps, path, flags);
  if (flags.output === 'json') {
    const { objects, warnings } = await renderHelmChart(tree, options);
    for (const warning of warnings) deps.warn(warning);
    printObjects(deps, objects, flags.output);
    return;
  }
  const { text, warnings } = await renderHelmText(tree, options);
  for (const warning of warnings) deps.warn(warning);
  deps.print(text);
};

/** Plain manifests, or programs: one file, or those of a folder. */
const renderPlain = async (
  { tree, path }: Place,
  tool: 'directory' | 'jsonnet',
  flags: RenderFlags,
): Promise<readonly KubeObject[]> => {
  const jsonnet = toJsonnetOptions(flags);
  const entry = await tree.find(path);
  if (entry?.kind === 'file') {
    const folder = entry.path.includes('/') ? entry.path.slice(0, entry.path.lastIndexOf('/')) : '';
    return renderJsonnetFile(tree, entry.path, { folder, jsonnet });
  }
  const include = tool === 'jsonnet' ? { include: '*.jsonnet' } : {};
  return renderDirectory(tree, path, { recurse: flags.recurse ?? false, jsonnet, ...include });
};

type Tool = (typeof TOOLS)[number];
const TOOLS = ['helm', 'kustomize', 'directory', 'jsonnet'] as const;

const toolOf = async ({ tree, path }: Place, asked: string): Promise<Tool> => {
  const named = TOOLS.find((tool) => tool === asked);
  if (named) return named;
  if (asked !== 'auto') throw invalidFlag('--tool', asked, `auto, ${TOOLS.join(', ')}`);
  if ((await tree.find(path))?.kind === 'file') return path.endsWith('.jsonnet') ? 'jsonnet' : 'helm';
  const hasFile = async (name: string): Promise<boolean> => (await tree.find(joinPath(path, name)))?.kind === 'file';
  if (await hasFile('Chart.yaml')) return 'helm';
  for (const name of KUSTOMIZATION_FILES) if (await hasFile(name)) return 'kustomize';
  return 'directory';
};

const printObjects = (deps: RenderDeps, objects: readonly KubeObject[], output: string): void => {
  if (output === 'json')
    deps.print(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, undefined, 2)}\n`);
  else for (const object of objects) deps.print(`---\n${writeGoYaml(toGoValue(object))}`);
};

const toHelmOptions = async (deps: RenderDeps, path: string, flags: RenderFlags): Promise<HelmOptions> => {
  const setsOf = (kind: SetKind, texts: readonly string[]): readonly HelmSet[] => texts.map((text) => ({ kind, text }));
  return {
    path,
    ...(flags.nameTemplate === undefined ? { releaseName: flags.name } : { nameTemplate: flags.nameTemplate }),
    namespace: flags.namespace,
    values: await Promise.all(flags.values.map(readValues)),
    sets: [
      ...setsOf('set', flags.set),
      ...setsOf('string', flags.setString),
      ...setsOf('json', flags.setJson),
      ...setsOf('file', flags.setFile),
      ...setsOf('literal', flags.setLiteral),
    ],
    readFile: (file) => readNamed(file),
    ...(flags.kubeVersion !== undefined && { kubeVersion: flags.kubeVersion }),
    apiVersions: flags.apiVersions.flatMap((list) => list.split(',')),
    includeCrds: (flags.includeCrds ?? false) && !flags.skipCrds,
    skipTests: flags.skipTests ?? false,
    skipSchemaValidation: flags.skipSchemaValidation ?? false,
    noHooks: !flags.hooks,
    isUpgrade: flags.isUpgrade ?? false,
    showOnly: flags.showOnly,
    ports: { now: () => deps.clock.now(), random: deps.random },
  };
};

const readValues = async (name: string): Promise<HelmValues> => ({
  kind: 'text',
  name,
  text: Buffer.from(await readNamed(name)).toString('utf8'),
});

/** Files of flags are the user's own: read as any program would. */
const readNamed = async (name: string): Promise<Uint8Array> => {
  try {
    return await readFile(name);
  } catch (thrown) {
    throw new Failure(`cannot read ${name}: ${messageOf(thrown)}`, { code: 'NotFound', cause: thrown });
  }
};

const invalidFlag = (flag: string, value: string, allowed: string): Failure =>
  new Failure(`${flag} ${JSON.stringify(value)}: use ${allowed}`, { code: 'InvalidFlag' });
