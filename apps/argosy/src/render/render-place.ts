/**
 * Renders a folder, a chart or a program of a tree by the tool that it or the user names.
 */
import { readFile } from 'node:fs/promises';
import os from 'node:os';

import { Failure, messageOf, type Clock, type Random } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';
import {
  joinPath,
  KUSTOMIZATION_FILES,
  parsePluginConfig,
  renderDirectory,
  renderHelmChart,
  renderHelmText,
  renderJsonnetFile,
  renderKustomization,
  renderPlugin,
  runMachineProgram,
  type HelmOptions,
  type HelmSet,
  type HelmValues,
  type SetKind,
  type Tree,
} from '@argosy/manifests';

import { toJsonnetOptions, toNamed, type JsonnetFlags } from './jsonnet-flags.ts';

/** Flags of `argosy render`. */
export interface RenderFlags extends JsonnetFlags {
  /** Default: of an address what its `HEAD` names, of a folder what stands in it. */
  readonly revision?: string;
  readonly path: string;
  readonly tool: string;
  readonly output: string;
  readonly recurse?: boolean;
  readonly trace?: boolean;
  /** A folder for renders of before; without its name, the user's cache. */
  readonly cache?: string | boolean;
  readonly cacheInfo?: boolean;
  /** The file of a ConfigManagementPlugin: its programs are run. */
  readonly plugin?: string;
  readonly pluginEnv: readonly string[];
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

/** A place in a tree. */
export interface Place {
  readonly tree: Tree;
  readonly path: string;
}

/** What was rendered: as the tool itself prints it, or objects. */
export type Rendered =
  | { readonly kind: 'text'; readonly text: string; readonly warnings: readonly string[] }
  | { readonly kind: 'objects'; readonly objects: readonly KubeObject[]; readonly warnings: readonly string[] };

/** Ports of a render. */
export interface RenderPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Readonly<Record<string, string>>;
}

/** Renders. Throws Failure: those of the tool, `InvalidFlag`, `NotFound` for files of flags. */
export const renderPlace = async (ports: RenderPorts, place: Place, flags: RenderFlags): Promise<Rendered> => {
  const { tree, path } = place;
  if (flags.plugin !== undefined)
    return { kind: 'objects', objects: await renderByPlugin(ports, place, flags), warnings: [] };
  const tool = await toolOf(place, flags.tool);
  if (tool === 'directory' || tool === 'jsonnet') {
    const objects = await renderPlain(place, tool, flags);
    return { kind: 'objects', objects, warnings: objects.length > 0 ? [] : [nothingIn(path, flags)] };
  }
  if (tool === 'kustomize') {
    const rendered = await renderKustomization(tree, path);
    const { warnings } = rendered;
    // Either is made when it is asked for.
    return flags.output === 'json'
      ? { kind: 'objects', objects: rendered.objects, warnings }
      : { kind: 'text', text: rendered.text, warnings };
  }
  const options = await toHelmOptions(ports, path, flags);
  if (flags.output === 'json') {
    const { objects, warnings } = await renderHelmChart(tree, options);
    return { kind: 'objects', objects, warnings };
  }
  const { text, warnings } = await renderHelmText(tree, options);
  return { kind: 'text', text, warnings };
};

const nothingIn = (path: string, { recurse }: RenderFlags): string =>
  `${path || 'the root'} holds no manifests${recurse ? '' : '; --recurse looks into the folders below too'}`;

/** Programs of the user's own configuration, named by a flag: nothing in a source starts any. */
const renderByPlugin = async (
  { env }: RenderPorts,
  { tree, path }: Place,
  { plugin = '', pluginEnv, name, namespace, kubeVersion }: RenderFlags,
): Promise<readonly KubeObject[]> => {
  const config = parsePluginConfig(Buffer.from(await readNamed(plugin)).toString('utf8'), plugin);
  const build = {
    ARGOCD_APP_NAME: name,
    ARGOCD_APP_NAMESPACE: namespace,
    ARGOCD_APP_SOURCE_PATH: path,
    ...(kubeVersion !== undefined && { KUBE_VERSION: kubeVersion }),
  };
  const variables = pluginEnv.map((text) => toNamed('--plugin-env', text));
  const deps = { run: runMachineProgram, directory: os.tmpdir(), path: env['PATH'] ?? '' };
  return renderPlugin(deps, config, { tree, call: { path, build, env: variables } });
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

const toHelmOptions = async (
  deps: { readonly clock: Clock; readonly random: Random },
  path: string,
  flags: RenderFlags,
): Promise<HelmOptions> => {
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
export const readNamed = async (name: string): Promise<Uint8Array> => {
  try {
    return await readFile(name);
  } catch (thrown) {
    throw new Failure(`cannot read ${name}: ${messageOf(thrown)}`, { code: 'NotFound', cause: thrown });
  }
};

/** A flag's value that is not one of those it takes. */
export const invalidFlag = (flag: string, value: string, allowed: string): Failure =>
  new Failure(`${flag} ${JSON.stringify(value)}: use ${allowed}`, { code: 'InvalidFlag' });
