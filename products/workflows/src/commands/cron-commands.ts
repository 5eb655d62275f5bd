/**
 * `cron`: list, get, create, update, delete, suspend, resume. @spec WF-CLI-10
 */
import { Failure, formatAge, parseTimestamp, toTimestamp, type Instant } from '@argosy/base';
import { isApiError, type KubeObject } from '@argosy/kube';

import { CRON_WORKFLOWS, type CronWorkflow } from '../api/cron-workflow.ts';
import { nextDue, readSchedules } from '../cron-workflow/schedules.ts';
import { lintObject } from '../operations/lint.ts';
import { readReferences } from '../operations/on-cluster.ts';
import type { WorkflowCommandDeps, WorkflowExitCode } from './command-deps.ts';
import { ageOf, inColumns, printNames, printStructured, type OutputFormat } from './print-objects.ts';

/** `cron list`. */
export const listCronWorkflows = async (
  deps: WorkflowCommandDeps,
  options: { readonly output: OutputFormat; readonly labelSelector?: string; readonly allNamespaces?: boolean },
): Promise<WorkflowExitCode> => {
  const { output, allNamespaces, labelSelector } = options;
  const { items } = await deps.client.list(CRON_WORKFLOWS, {
    ...(allNamespaces === true ? {} : { namespace: deps.namespace }),
    ...(labelSelector ? { labelSelector } : {}),
  });
  if (output === 'json' || output === 'yaml') printStructured(deps.print, items, output);
  else if (output === 'name') printNames(deps.print, items);
  else if (items.length === 0) deps.print('No cron workflows found');
  else {
    const now = deps.clock.now();
    const head = ['NAME', 'AGE', 'LAST RUN', 'NEXT RUN', 'SCHEDULES', 'TIMEZONE', 'SUSPENDED'];
    const rows = items.map((cron) => [
      ...(allNamespaces === true ? [cron.metadata.namespace ?? ''] : []),
      ...listRow(cron, now),
    ]);
    for (const line of inColumns([[...(allNamespaces === true ? ['NAMESPACE'] : []), ...head], ...rows]))
      deps.print(line);
  }
  return 0;
};

/** `cron get`. */
export const getCronWorkflows = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  options: { readonly output: OutputFormat },
): Promise<WorkflowExitCode> => {
  for (const name of names) {
    const cron = await find(deps, name);
    const { output } = options;
    if (output === 'json' || output === 'yaml') printStructured(deps.print, cron, output);
    else if (output === 'name') printNames(deps.print, [cron]);
    else for (const line of describeCron(cron, deps.clock.now())) deps.print(line);
  }
  return 0;
};

/** `cron create` and `cron update`; judged first, since it runs only later. */
export const putCronWorkflows = async (
  deps: WorkflowCommandDeps,
  objects: readonly KubeObject[],
  options: { readonly update: boolean; readonly name?: string; readonly schedule?: string },
): Promise<WorkflowExitCode> => {
  const crons = objects.filter((object): object is CronWorkflow => object.kind === CRON_WORKFLOWS.kind);
  if (crons.length === 0) throw new Failure('the file has no object of kind CronWorkflow', { code: 'NothingToCreate' });
  for (const given of crons) {
    const cron = withOptions(given, deps.namespace, options);
    const findings = lintObject(cron, await readReferences(deps.client, cron));
    if (findings.length > 0)
      throw new Failure(`${cron.metadata.name ?? ''}: ${findings.join('; ')}`, { code: 'InvalidCronWorkflow' });
    const stored = options.update ? await replace(deps, cron) : await deps.client.create(CRON_WORKFLOWS, cron);
    for (const line of describeCron(stored, deps.clock.now())) deps.print(line);
  }
  return 0;
};

/** `cron suspend` and `cron resume`. */
export const holdCronWorkflows = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  suspend: boolean,
): Promise<WorkflowExitCode> => {
  for (const name of names) {
    await find(deps, name);
    await deps.client.patch(
      CRON_WORKFLOWS,
      { namespace: deps.namespace, name },
      { kind: 'merge', patch: { spec: { suspend } } },
    );
    deps.print(`CronWorkflow '${name}' ${suspend ? 'suspended' : 'resumed'}`);
  }
  return 0;
};

/** `cron delete`. */
export const deleteCronWorkflows = async (
  deps: WorkflowCommandDeps,
  names: readonly string[],
  options: { readonly all: boolean },
): Promise<WorkflowExitCode> => {
  const { client, namespace } = deps;
  if (names.length === 0 && !options.all)
    throw new Failure('name a cron workflow, or use --all', { code: 'NothingSelected' });
  const chosen = options.all
    ? (await client.list(CRON_WORKFLOWS, { namespace })).items
    : await Promise.all(names.map((name) => find(deps, name)));
  for (const { metadata } of chosen) {
    await client.delete(CRON_WORKFLOWS, { namespace, name: metadata.name ?? '' });
    deps.print(`CronWorkflow '${metadata.name ?? ''}' deleted`);
  }
  return 0;
};

const find = async ({ client, namespace }: WorkflowCommandDeps, name: string): Promise<CronWorkflow> => {
  try {
    return await client.get(CRON_WORKFLOWS, { namespace, name });
  } catch (thrown) {
    if (!isApiError(thrown, 'NotFound')) throw thrown;
    throw new Failure(`cronworkflows "${name}" not found in namespace ${namespace}`, {
      code: 'NotFound',
      cause: thrown,
    });
  }
};

const withOptions = (
  cron: CronWorkflow,
  namespace: string,
  options: { readonly name?: string; readonly schedule?: string },
): CronWorkflow => ({
  ...cron,
  metadata: {
    ...cron.metadata,
    namespace: cron.metadata.namespace ?? namespace,
    ...(options.name ? { name: options.name } : {}),
  },
  ...(options.schedule && cron.spec ? { spec: { ...cron.spec, schedules: [options.schedule] } } : {}),
});

const replace = async (deps: WorkflowCommandDeps, cron: CronWorkflow): Promise<CronWorkflow> => {
  const live = await find(deps, cron.metadata.name ?? '');
  return deps.client.update(CRON_WORKFLOWS, {
    ...cron,
    metadata: { ...cron.metadata, resourceVersion: live.metadata.resourceVersion },
    // Status stands in the object itself and is the controller's.
    ...(live.status ? { status: live.status } : {}),
  });
};

const nextRunOf = (cron: CronWorkflow, now: Instant): Instant | undefined => {
  const schedules = cron.spec ? readSchedules(cron.spec) : undefined;
  if (!schedules?.ok || cron.spec?.suspend === true || cron.status?.phase === 'Stopped') return undefined;
  const anchor =
    parseTimestamp(cron.status?.lastScheduledTime) ?? parseTimestamp(cron.metadata.creationTimestamp) ?? now;
  return nextDue({ schedules: schedules.value, anchor }, now);
};

const listRow = (cron: CronWorkflow, now: Instant): readonly string[] => {
  const last = parseTimestamp(cron.status?.lastScheduledTime);
  const next = nextRunOf(cron, now);
  return [
    cron.metadata.name ?? '',
    ageOf(cron, now),
    last === undefined ? 'N/A' : formatAge(now - last),
    next === undefined ? 'N/A' : formatAge(next - now),
    (cron.spec?.schedules ?? []).join(','),
    cron.spec?.timezone ?? '',
    String(cron.spec?.suspend === true),
  ];
};

const describeCron = (cron: CronWorkflow, now: Instant): readonly string[] => {
  const { metadata, spec, status } = cron;
  const next = nextRunOf(cron, now);
  const facts: readonly (readonly [string, string | undefined | null])[] = [
    ['Name', metadata.name],
    ['Namespace', metadata.namespace],
    ['Created', metadata.creationTimestamp],
    ['Schedules', (spec?.schedules ?? []).join(',')],
    ['Suspended', String(spec?.suspend === true)],
    ['Timezone', spec?.timezone],
    ['StartingDeadlineSeconds', spec?.startingDeadlineSeconds?.toString()],
    ['ConcurrencyPolicy', spec?.concurrencyPolicy],
    ['LastScheduledTime', status?.lastScheduledTime],
    ['NextScheduledTime', next === undefined ? undefined : toTimestamp(next)],
    ['Phase', status?.phase],
    ['Succeeded', status?.succeeded?.toString()],
    ['Failed', status?.failed?.toString()],
    ['Active Workflows', (status?.active ?? []).map((one) => one.name).join(', ')],
  ];
  const conditions = (status?.conditions ?? []).map((one) => `✖ ${one.type}: ${one.message ?? ''}`);
  return [
    ...facts.filter(([, value]) => value).map(([name, value]) => `${`${name}:`.padEnd(31)}${value ?? ''}`),
    ...conditions,
  ];
};
