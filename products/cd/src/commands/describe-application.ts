/**
 * Applications in words and columns, as `argosy app` prints them. Pure.
 * @spec CD-CLI
 */
import type { Application } from '../api/application.ts';
import { sourcesOf, type ApplicationSource } from '../api/application-source.ts';

/** Cells of `app list`. */
export const toListRow = (app: Application): readonly string[] => {
  const automated = app.spec?.syncPolicy?.automated;
  const isAutomated = automated !== undefined && automated.enabled !== false;
  const [source] = sourcesOf(app.spec);
  const policy = isAutomated ? ['Auto', ...(automated.prune ? ['Prune'] : [])].join('-') : 'Manual';
  return [
    `${app.metadata.namespace ?? ''}/${app.metadata.name ?? ''}`,
    app.spec?.project ?? 'default',
    app.status?.sync?.status ?? '',
    app.status?.health?.status ?? '',
    policy,
    source?.repoURL ?? '',
    source?.path || source?.chart || '',
    source?.targetRevision ?? '',
  ];
};

/** An application in one line. */
export const summarizeApplication = (app: Application | undefined): string => {
  const status = app?.status;
  const health = status?.health?.message
    ? `${status.health.status ?? ''} (${status.health.message})`
    : (status?.health?.status ?? 'Unknown');
  return `${app?.metadata.name ?? ''}: ${status?.sync?.status ?? 'Unknown'}, ${health}${status?.operationState?.phase === 'Running' ? `, ${status.operationState.message ?? ''}` : ''}`;
};

/** Lines of `app get`. */
export const describeApplication = (app: Application): readonly string[] => {
  const { spec, status } = app;
  const facts: readonly (readonly [string, string])[] = [
    ['Name', `${app.metadata.namespace ?? ''}/${app.metadata.name ?? ''}`],
    ['Project', spec?.project ?? 'default'],
    ['Server', spec?.destination.server ?? spec?.destination.name ?? ''],
    ['Namespace', spec?.destination.namespace ?? ''],
    ...sourcesOf(spec).flatMap((source) => describeSource(source)),
    ['Sync Status', `${status?.sync?.status ?? 'Unknown'}${describeSynced(app)}`],
    [
      'Health Status',
      `${status?.health?.status ?? 'Unknown'}${status?.health?.message ? `: ${status.health.message}` : ''}`,
    ],
  ];
  const conditions = (status?.conditions ?? []).map((condition) => [
    condition.type,
    condition.message,
    condition.lastTransitionTime ?? '',
  ]);
  const resources = (status?.resources ?? []).map((one) => [
    one.group ?? '',
    one.kind,
    one.namespace ?? '',
    one.name,
    one.requiresPruning ? `${one.status ?? ''} (PruneRequired)` : (one.status ?? ''),
    one.health?.status ?? '',
  ]);
  return [
    ...facts.map(([name, value]) => `${`${name}:`.padEnd(20)}${value}`),
    ...(conditions.length > 0 ? ['', ...formatTable(['CONDITION', 'MESSAGE', 'LAST TRANSITION'], conditions)] : []),
    ...(resources.length > 0
      ? ['', ...formatTable(['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'HEALTH'], resources)]
      : []),
  ];
};

const describeSource = (source: ApplicationSource): readonly (readonly [string, string])[] => [
  ['Repo', source.repoURL],
  ['Target', source.targetRevision ?? 'HEAD'],
  source.chart ? ['Chart', source.chart] : ['Path', source.path ?? ''],
  ...(source.ref ? [['Ref', source.ref] as const] : []),
];

/** ` to main (1234567)`, for each source. */
const describeSynced = ({ spec, status }: Application): string => {
  const { revision, revisions = revision ? [revision] : [] } = status?.sync ?? {};
  const texts = sourcesOf(spec).flatMap((source, at) =>
    revisions[at] ? [`${source.targetRevision ?? 'HEAD'} (${shortRevision(revisions[at])})`] : [],
  );
  return texts.length > 0 ? ` to ${texts.join(', ')}` : '';
};

/** A revision as people are shown it: commits and digests are cut, versions are not. */
export const shortRevision = (revision: string): string => {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision.slice(0, 7);
  return revision.startsWith('sha256:') ? revision.slice(0, 'sha256:'.length + 12) : revision;
};

/** Lines that tell how an operation went. */
export const describeOperation = (app: Application): readonly string[] => {
  const state = app.status?.operationState;
  const rows = (state?.syncResult?.resources ?? []).map((one) => [
    one.group,
    one.kind,
    one.namespace,
    one.name,
    one.status ?? '',
    one.hookType ?? '',
    one.message ?? '',
  ]);
  return [
    ...(rows.length > 0
      ? [...formatTable(['GROUP', 'KIND', 'NAMESPACE', 'NAME', 'STATUS', 'HOOK', 'MESSAGE'], rows), '']
      : []),
    `${'Phase:'.padEnd(20)}${state?.phase ?? ''}`,
    `${'Revision:'.padEnd(20)}${state?.syncResult?.revisions?.join(', ') ?? state?.syncResult?.revision ?? ''}`,
    `${'Message:'.padEnd(20)}${state?.message ?? ''}`,
  ];
};

/** Lays rows out in columns, two spaces apart; nothing is cut. */
export const formatTable = (heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => (row[at] ?? '').length)));
  return [heads, ...rows].map((row) =>
    row
      .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};
