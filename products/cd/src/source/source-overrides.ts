/**
 * `.argocd-source.yaml` and `.argocd-source-<app>.yaml`: what a repository says over an application's source.
 * @spec CD-GEN-06
 * @upstream argo-cd reposerver/repository/repository.go#mergeSourceParameters
 */
import { Failure, isObject } from '@argosy/base';
import { applyMergePatch, pruneUnknown, validateAgainstSchema } from '@argosy/kube';
import { joinPath, parseYamlDocuments, type Tree } from '@argosy/manifests';

import { SOURCE_SCHEMA, type ApplicationSource } from '../api/application-source.ts';
import { validateSource } from '../api/validate-source.ts';

/** What a repository may not change: where it is itself. */
const FIXED = ['repoURL', 'path', 'targetRevision', 'chart', 'ref', 'name', 'tagPrefix'];
/**
 * The source with what the files of its folder say: first that for all applications, then that for this one. Throws
 * Failure: InvalidYAML, InvalidSource.
 */
export const withSourceOverrides = async (
  tree: Tree,
  source: ApplicationSource,
  instanceName: string,
): Promise<ApplicationSource> => {
  let merged = source;
  for (const name of ['.argocd-source.yaml', `.argocd-source-${instanceName}.yaml`]) {
    const file = joinPath(source.path ?? '', name);
    if ((await tree.find(file))?.kind !== 'file') continue;
    const [patch] = parseYamlDocuments(Buffer.from(await tree.read(file)).toString('utf8'), file);
    if (patch !== undefined) merged = withOverride(merged, patch, file);
  }
  return merged;
};

const withOverride = (source: ApplicationSource, patch: unknown, file: string): ApplicationSource => {
  if (!isObject(patch)) throw new Failure(`${file}: is not an object`, { code: 'InvalidSource' });
  const allowed = Object.fromEntries(Object.entries(patch).filter(([key]) => !FIXED.includes(key)));
  const merged = pruneUnknown(SOURCE_SCHEMA, applyMergePatch(source, allowed));
  // The schema has judged its shape.
  const result = merged as ApplicationSource;
  const [problem] = [...validateAgainstSchema(SOURCE_SCHEMA, merged), ...validateSource(result, 'source')];
  if (problem) throw new Failure(`${file}: ${problem.field}: ${problem.message}`, { code: 'InvalidSource' });
  return result;
};
