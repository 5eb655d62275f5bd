/** How events are printed, in their older form and their newer. @upstream kubernetes pkg/printers/internalversion/printers.go#printEvent */
import type { CoreEvent } from '../core/index.ts';
import type { KubeObject } from '../objects/object.ts';
import { ageOf, nameOf, table, type TableDefinition } from './table-words.ts';

/** What both forms say. */
type AnyEvent = Partial<CoreEvent> &
  KubeObject & {
    readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
    readonly regarding?: CoreEvent['involvedObject'];
    readonly note?: string;
    readonly reportingController?: string;
    readonly deprecatedSource?: CoreEvent['source'];
    readonly deprecatedFirstTimestamp?: string;
    readonly deprecatedLastTimestamp?: string;
    readonly deprecatedCount?: number;
  };

const events = table<AnyEvent>(
  [
    'Last Seen',
    'Type',
    'Reason',
    'Object',
    '+Subobject',
    '+Source',
    'Message',
    '+First Seen',
    '+Count#integer',
    '+Name',
  ],
  (event, now) => {
    const of = event.involvedObject ?? event.regarding ?? {};
    const first = event.firstTimestamp ?? event.deprecatedFirstTimestamp ?? event.eventTime;
    const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.deprecatedLastTimestamp ?? first;
    const kind = (of.kind ?? '').toLowerCase();
    return [
      ageOf(last, now),
      event.type ?? '',
      event.reason ?? '',
      of.name ? `${kind}/${of.name}` : kind,
      of.fieldPath ?? '',
      sourceText(event),
      (event.message ?? event.note ?? '').trim(),
      ageOf(first, now),
      event.series?.count ?? (event.count || event.deprecatedCount || 1),
      nameOf(event),
    ];
  },
);

const sourceText = (event: AnyEvent): string => {
  const source = event.source ?? event.deprecatedSource ?? {};
  const component = source.component || event.reportingComponent || event.reportingController;
  return [component, source.host || event.reportingInstance].filter(Boolean).join(', ');
};

/** Tables by `group/Kind`. */
export const EVENT_TABLES: Readonly<Record<string, TableDefinition>> = {
  '/Event': events,
  'events.k8s.io/Event': events,
};
