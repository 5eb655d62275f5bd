/**
 * Renders a source of this machine or of a Git repository and prints it.
 */
import { toGoValue, writeGoYaml } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';

import { openRememberedRenders } from './remembered-renders.ts';
import { openSource } from './open-source.ts';
import { invalidFlag, type RenderFlags, type RenderPorts, type Rendered } from './render-place.ts';

/** Ports of the command. */
export interface RenderDeps extends RenderPorts {
  print(text: string): void;
  warn(line: string): void;
}

/** Renders and prints. Throws Failure: those of the tool, `InvalidFlag`. */
export const renderTo = async (deps: RenderDeps, where: string, flags: RenderFlags): Promise<void> => {
  if (flags.output !== 'yaml' && flags.output !== 'json') throw invalidFlag('--output', flags.output, 'yaml or json');
  const source = await openSource(deps, where, flags);
  try {
    const renders = openRememberedRenders(deps, flags);
    const { rendered, looks, story } = await renders.render({ tree: source.tree, path: source.path });
    printRendered(deps, rendered, flags.output);
    if (flags.trace) for (const look of looks) deps.warn(`${look.how} ${look.path || '.'}`);
    if (flags.cacheInfo) for (const line of story) deps.warn(line);
  } finally {
    await source.close();
  }
};

const printRendered = (deps: RenderDeps, rendered: Rendered, output: string): void => {
  for (const warning of rendered.warnings) deps.warn(warning);
  if (rendered.kind === 'text') deps.print(rendered.text);
  else printObjects(deps, rendered.objects, output);
};

const printObjects = (deps: RenderDeps, objects: readonly KubeObject[], output: string): void => {
  if (output === 'json')
    deps.print(`${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, undefined, 2)}\n`);
  else for (const object of objects) deps.print(`---\n${writeGoYaml(toGoValue(object))}`);
};
