/**
 * `template` and `cluster-template`: list, get, create, update, delete. @spec WF-CLI-09
 */
import { Failure } from '@argosy/base';
import { isApiError, type KubeObject, type ObjectKey, type ResourceType } from '@argosy/kube';

import { CLUSTER_WORKFLOW_TEMPLATES, WORKFLOW_TEMPLATES, type WorkflowTemplate } from '../api/kinds.ts';
import { toAnyText } from '../compile/any-string.ts';
import { judgeTemplateObject } from '../operations/on-cluster.ts';
import type { WorkflowCommandDeps, WorkflowExitCode } from './command-deps.ts';
import { ageOf, inColumns, printNames, printStructured, type OutputFormat } from './print-objects.ts';

/** Templates of a namespace, or of the whole cluster. */
export type TemplateScope = 'namespace' | 'cluster';

/** `template list`. */
export const listTemplates = async (
  deps: WorkflowCommandDeps,
  scope: TemplateScope,
  options: { readonly output: OutputFormat; readonly labelSelector?: string; readonly allNamespaces?: boolean },
): Promise<WorkflowExitCode> => {
  const { items } = await deps.client.list(resourceOf(scope), {
    ...(scope === 'cluster' || options.allNamespaces === true ? {} : { namespace: deps.namespace }),
    ...(options.labelSelector ? { labelSelector: options.labelSelector } : {}),
  });
  const { output } = options;
  if (output === 'json' || output === 'yaml') printStructured(deps.print, items, output);
  else if (output === 'name') printNames(deps.print, items);
  else if (items.length === 0) deps.print(`No ${scope === 'cluster' ? 'cluster ' : ''}workflow templates found`);
  else {
    const rows = items.map((item) => [
      ...(options.allNamespaces === true ? [item.metadata.namespace ?? ''] : []),
      item.metadata.name ?? '',
      ...(output === 'wide' ? [ageOf(item, deps.clock.now()), item.spec?.entrypoint ?? ''] : []),
    ]);
    const head = [
      ...(options.allNamespaces === true ? ['NAMESPACE'] : []),
      'NAME',
      ...(output === 'wide' ? ['AGE', 'ENTRYPOINT'] : []),
    ];
    for (const line of inColumns([head, ...rows])) deps.print(line);
  }
  return 0;
};

/** `template get`. */
export const getTemplates = async (
  deps: WorkflowCommandDeps,
  scope: TemplateScope,
  options: { readonly names: readonly string[]; readonly output: OutputFormat },
): Promise<WorkflowExitCode> => {
  for (const name of options.names) {
    const template = await find(deps, scope, name);
    const { output } = options;
    if (output === 'json' || output === 'yaml') printStructured(deps.print, template, output);
    else if (output === 'name') printNames(deps.print, [template]);
    else for (const line of describeTemplate(template)) deps.print(line);
  }
  return 0;
};

/** `template create` and `template update`: judged first, since a template runs only later. */
export const putTemplates = async (
  deps: WorkflowCommandDeps,
  scope: TemplateScope,
  options: { readonly objects: readonly KubeObject[]; readonly update: boolean },
): Promise<WorkflowExitCode> => {
  const resource = resourceOf(scope);
  const templates = options.objects.filter((object): object is WorkflowTemplate => object.kind === resource.kind);
  if (templates.length === 0)
    throw new Failure(`the file has no object of kind ${resource.kind}`, { code: 'NothingToCreate' });
  for (const template of templates) {
    const placed = scope === 'cluster' ? template : withNamespace(template, deps.namespace);
    const judged = await judgeTemplateObject(deps.client, placed);
    if (!judged.ok) throw new Failure(`${template.metadata.name ?? ''}: ${judged.error}`, { code: 'InvalidTemplate' });
    const stored = options.update
      ? await deps.client.update(resource, await withVersion(deps, scope, placed))
      : await deps.client.create(resource, placed);
    for (const line of describeTemplate(stored)) deps.print(line);
  }
  return 0;
};

/** `template delete`. */
export const deleteTemplates = async (
  deps: WorkflowCommandDeps,
  scope: TemplateScope,
  options: { readonly names: readonly string[]; readonly all: boolean },
): Promise<WorkflowExitCode> => {
  const resource = resourceOf(scope);
  const listed = options.all
    ? (await deps.client.list(resource, scope === 'cluster' ? {} : { namespace: deps.namespace })).items
    : await Promise.all(options.names.map((name) => find(deps, scope, name)));
  if (!options.all && listed.length === 0)
    throw new Failure('name a template, or use --all', { code: 'NothingSelected' });
  for (const { metadata } of listed) {
    await deps.client.delete(resource, keyOf(deps, scope, metadata.name ?? ''));
    deps.print(`${resource.kind} '${metadata.name ?? ''}' deleted`);
  }
  return 0;
};

const resourceOf = (scope: TemplateScope): ResourceType<WorkflowTemplate> =>
  scope === 'cluster' ? CLUSTER_WORKFLOW_TEMPLATES : WORKFLOW_TEMPLATES;

const keyOf = (deps: WorkflowCommandDeps, scope: TemplateScope, name: string): ObjectKey =>
  scope === 'cluster' ? { name } : { namespace: deps.namespace, name };

const find = async (deps: WorkflowCommandDeps, scope: TemplateScope, name: string): Promise<WorkflowTemplate> => {
  try {
    return await deps.client.get(resourceOf(scope), keyOf(deps, scope, name));
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    throw new Failure(`${resourceOf(scope).resource} "${name}" not found`, { code: 'NotFound', cause: thrown });
  }
};

const withNamespace = (template: WorkflowTemplate, namespace: string): WorkflowTemplate => ({
  ...template,
  metadata: { ...template.metadata, namespace: template.metadata.namespace ?? namespace },
});

const withVersion = async (
  deps: WorkflowCommandDeps,
  scope: TemplateScope,
  template: WorkflowTemplate,
): Promise<WorkflowTemplate> => {
  const { resourceVersion } = (await find(deps, scope, template.metadata.name ?? '')).metadata;
  return { ...template, metadata: { ...template.metadata, resourceVersion } };
};

const describeTemplate = ({ metadata, spec }: WorkflowTemplate): readonly string[] => [
  `${'Name:'.padEnd(21)}${metadata.name ?? ''}`,
  ...(metadata.namespace ? [`${'Namespace:'.padEnd(21)}${metadata.namespace}`] : []),
  `${'Created:'.padEnd(21)}${metadata.creationTimestamp ?? ''}`,
  ...(spec?.entrypoint ? [`${'Entrypoint:'.padEnd(21)}${spec.entrypoint}`] : []),
  ...((spec?.arguments?.parameters ?? []).length > 0 ? ['Parameters:'] : []),
  ...(spec?.arguments?.parameters ?? []).map(
    (one) => `  ${`${one.name}:`.padEnd(19)}${toAnyText(one.value ?? one.default)}`,
  ),
];
