/** `argosy render`: what a source renders to, without a cluster. The Helm flags are those of `helm template`. */
import type { Command } from 'commander';

import { createSystemClock, createSystemRandom } from '@argosy/base';

import { programEnvironment } from '../platform/machine/program-environment.ts';
import type { RenderFlags } from '../render/render-place.ts';
import { renderTo } from '../render/render-to.ts';
import { repeated } from './workflow/workflow-flags.ts';

/** Adds the command. */
export const addRenderCommand = (program: Command): void => {
  withJsonnetFlags(
    withHelmFlags(
      program
        .command('render <path>')
        .summary('print the manifests of a folder, a chart or a Git repository')
        .description(
          'Prints the manifests that a folder, a kustomization, a chart (folder or .tgz), a Jsonnet program or a Git repository renders to. Needs no cluster and writes no work tree.',
        )
        .option('--revision <revision>', 'branch, tag or commit of a Git repository; of a folder, of the one around it')
        .option('--path <path>', 'folder within a Git repository', '')
        .option('--tool <tool>', 'auto, helm, kustomize, directory or jsonnet', 'auto')
        .option('-o, --output <format>', 'yaml or json', 'yaml')
        .option('--recurse', 'plain manifests: also the folders below')
        .option('--trace', 'name every path that was looked at, on standard error')
        .option('--plugin <file>', 'render by the programs of a ConfigManagementPlugin (plugin.yaml)')
        .option('--plugin-env <name=value>', 'a variable for the plugin, as ARGOCD_ENV_name', repeated, [])
        .option('--cache [folder]', "keep renders for the next run, in a folder or the user's cache")
        .option('--cache-info', 'tell what the cache did, on standard error; implies --cache'),
    ),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  argosy render ./chart --name web -f prod.yaml --set image.tag=1.2\n  argosy render https://example.com/shop.git --revision main --path deploy\n  argosy render app.jsonnet -V env=prod -J vendor',
    )
    .action(async (path: string, flags: RenderFlags) => {
      const deps = {
        clock: createSystemClock(),
        random: createSystemRandom(),
        env: programEnvironment(process.env),
        print: (text: string) => void process.stdout.write(text),
        warn: (line: string) => console.error(line),
      };
      await renderTo(deps, path, flags);
    });
};

const withJsonnetFlags = (command: Command): Command =>
  command
    .option('-V, --ext-str <name=value>', 'an external variable for Jsonnet, as text; may be repeated', repeated, [])
    .option('--ext-code <name=code>', 'an external variable, as Jsonnet', repeated, [])
    .option('-A, --tla-str <name=value>', 'a top-level argument for Jsonnet, as text', repeated, [])
    .option('--tla-code <name=code>', 'a top-level argument, as Jsonnet', repeated, [])
    .option('-J, --jpath <folder>', 'a folder for imports, from the root of the source', repeated, []);

const withHelmFlags = (command: Command): Command =>
  command
    .option('--name <name>', "the release's name", 'release-name')
    .option('--name-template <template>', "a template that gives the release's name")
    .option('-n, --namespace <namespace>', 'namespace of the release', 'default')
    .option('-f, --values <file>', 'values as YAML; may be repeated, the later win', repeated, [])
    .option('--set <values>', 'values, such as a.b[0]=1,c={x,y}', repeated, [])
    .option('--set-string <values>', 'values that are text', repeated, [])
    .option('--set-json <values>', 'values as JSON: key=json or a whole object', repeated, [])
    .option('--set-file <values>', 'values that are files: key=path', repeated, [])
    .option('--set-literal <value>', 'a value taken as it stands', repeated, [])
    .option('--kube-version <version>', "the cluster's version, for charts that ask")
    .option('-a, --api-versions <versions>', 'API versions of the cluster, for charts that ask', repeated, [])
    .option('--include-crds', 'also the CRDs of charts')
    .option('--skip-crds', 'no CRDs, whatever --include-crds says')
    .option('--skip-tests', 'no test hooks')
    .option('--no-hooks', 'no hooks')
    .option('--is-upgrade', 'render as for an upgrade')
    .option('--skip-schema-validation', 'do not judge values by values.schema.json')
    .option('-s, --show-only <template>', 'only manifests of these templates', repeated, []);
