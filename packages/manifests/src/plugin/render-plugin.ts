/**
 * Objects from a plugin: its programs run in a copy of the source, and print manifests.
 * @spec CD-CMP
 * @upstream argo-cd cmpserver/plugin/plugin.go
 */
import path from 'node:path';

import { Failure } from '@argosy/base';
import { matchesGlob } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';

import { normalizePath, type Tree } from '../tree/tree.ts';
import { parseManifests, parseYamlDocuments } from '../yaml/parse-manifests.ts';
import { withCopy } from './copy-source.ts';
import { parseAnnouncement, type PluginCommand, type PluginConfig, type PluginParameter } from './plugin-config.ts';
import { pluginEnvironment, type PluginInput } from './plugin-environment.ts';
import type { RunProgram } from './run-program.ts';

/** Ports and limits of plugins. */
export interface PluginDeps {
  readonly run: RunProgram;
  /** Where copies of sources are made. */
  readonly directory: string;
  /** The search path of their programs. */
  readonly path: string;
  /** Longest run of one program, in ms; default 90,000 as upstream. */
  readonly timeLimitMs?: number;
  /** Most output of one program, in bytes; default 64 MiB. */
  readonly mostOutputBytes?: number;
  /** Most of a source, in bytes; default 100 MiB as upstream. */
  readonly mostSourceBytes?: number;
  /** Paths of sources that plugins do not get, as globs. */
  readonly exclude?: readonly string[];
}

/** The folder of an application, and what it says. */
export interface PluginCall extends PluginInput {
  readonly path: string;
}

const MEBIBYTE = 1024 * 1024;
const DEFAULTS = { timeLimitMs: 90_000, mostOutputBytes: 64 * MEBIBYTE, mostSourceBytes: 100 * MEBIBYTE };
/** Most of what a program says of its failure that is shown. */
const LONGEST_REASON = 2000;

/**
 * Renders. Throws Failure: `NotFound`, `TooLarge`, `PluginFailed` with what the program says, `PluginTimeout`,
 * `InvalidYAML`, `InvalidManifest`.
 */
export const renderPlugin = async (
  deps: PluginDeps,
  plugin: PluginConfig,
  of: { readonly tree: Tree; readonly call: PluginCall },
): Promise<readonly KubeObject[]> =>
  inCopy(deps, plugin, of, async (run) => {
    if (plugin.init) await run('init', plugin.init);
    return parseManifests(await run('generate', plugin.generate), `plugin ${plugin.name}`);
  });

/** Whether a plugin says that a folder is its own. A plugin without discovery never does. Throws as `renderPlugin`. */
export const discoversPlugin = async (
  deps: PluginDeps,
  plugin: PluginConfig,
  of: { readonly tree: Tree; readonly call: PluginCall },
): Promise<boolean> => {
  const { discover } = plugin;
  if (!discover) return false;
  if (discover.kind !== 'command') return hasMatch(of.tree, of.call.path, discover);
  return inCopy(deps, plugin, of, async (run) => {
    try {
      return (await run('discover', discover.command)).trim() !== '';
    } catch (thrown) {
      // That it exits with another code is its way to say no.
      if (thrown instanceof Failure && thrown.code === 'PluginFailed') return false;
      throw thrown;
    }
  });
};

/** Parameters that a plugin takes: those it always does, and those it announces for this source. Throws as `renderPlugin`. */
export const announcePluginParameters = async (
  deps: PluginDeps,
  plugin: PluginConfig,
  of: { readonly tree: Tree; readonly call: PluginCall },
): Promise<readonly PluginParameter[]> => {
  const { dynamicParameters, staticParameters } = plugin;
  if (!dynamicParameters) return staticParameters;
  const announced = await inCopy(deps, plugin, of, async (run) => {
    const where = `plugin ${plugin.name}: parameters`;
    return parseAnnouncement(parseYamlDocuments(await run('parameters', dynamicParameters), where)[0] ?? [], where);
  });
  const names = new Set(announced.map(({ name }) => name));
  return [...announced, ...staticParameters.filter(({ name }) => !names.has(name))];
};

type Run = (what: string, command: PluginCommand) => Promise<string>;

const inCopy = async <T>(
  deps: PluginDeps,
  plugin: PluginConfig,
  { tree, call }: { readonly tree: Tree; readonly call: PluginCall },
  use: (run: Run) => Promise<T>,
): Promise<T> => {
  const limits = { ...DEFAULTS, ...deps };
  const inside = normalizePath(call.path);
  if ((await tree.find(inside))?.kind !== 'directory')
    throw new Failure(`${call.path}: app path does not exist`, { code: 'NotFound' });
  const { directory, exclude = [] } = deps;
  return withCopy(tree, { directory, exclude, mostBytes: limits.mostSourceBytes }, (folder) =>
    use(async (what, { command, args }) => {
      const [program = '', ...first] = command;
      const end = await deps.run({
        command: program,
        args: [...first, ...args],
        directory: path.join(folder, inside),
        environment: pluginEnvironment(call, { path: deps.path, home: folder }),
        timeLimitMs: limits.timeLimitMs,
        mostOutputBytes: limits.mostOutputBytes,
      });
      if (end.kind === 'exited' && end.code === 0) return end.output;
      throw failureOf(end, { who: `plugin ${plugin.name}: ${what} (${program})`, folder, limits });
    }),
  );
};

const failureOf = (
  end: Awaited<ReturnType<RunProgram>>,
  of: {
    readonly who: string;
    readonly folder: string;
    readonly limits: { readonly timeLimitMs: number; readonly mostOutputBytes: number };
  },
): Failure => {
  const { who, folder, limits } = of;
  const failed = (why: string): Failure => new Failure(`${who} ${why}`, { code: 'PluginFailed' });
  switch (end.kind) {
    case 'exited': {
      // Where the copy stood says nothing to anybody.
      const said = end.errors.replaceAll(folder, '').trim().slice(-LONGEST_REASON);
      return failed(`ended with code ${end.code}${said === '' ? '' : `: ${said}`}`);
    }
    case 'missing':
      return failed('is not on this machine');
    case 'timeout':
      return new Failure(`${who} took longer than its limit of ${limits.timeLimitMs / 1000} s, and was ended`, {
        code: 'PluginTimeout',
      });
    case 'tooMuch':
      return failed(`printed more than ${limits.mostOutputBytes} bytes, and was ended`);
    default:
      return failed(end.why);
  }
};

/** Whether a file or folder below matches; `*` stops at slashes, `**` does not and also stands for no folder at all. */
const hasMatch = async (
  tree: Tree,
  folder: string,
  discover: { readonly kind: 'fileName' | 'glob'; readonly pattern: string },
): Promise<boolean> => {
  const root = normalizePath(folder);
  const pattern = discover.pattern.replace(/^\.\//, '');
  const patterns = [pattern, pattern.replaceAll('**/', '')];
  const deepest = discover.kind === 'glob' ? Number.POSITIVE_INFINITY : pattern.split('/').length;
  const search = async (directory: string, depth: number): Promise<boolean> => {
    if (depth > deepest) return false;
    for (const entry of await tree.list(directory)) {
      const relative = root === '' ? entry.path : entry.path.slice(root.length + 1);
      if (patterns.some((one) => matchesGlob(one, relative, '/'))) return true;
      if (entry.kind === 'directory' && (await search(entry.path, depth + 1))) return true;
    }
    return false;
  };
  return search(root, 1);
};
