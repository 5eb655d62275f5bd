/**
 * Daemon sets, whose templates are counted in an annotation.
 * @upstream kubernetes pkg/registry/apps/daemonset/strategy.go, pkg/apis/apps/v1/conversion.go
 */
import { isEqual } from '@argosy/base';
import type { DaemonSet } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';

/** Counts up whenever the template, or the way it is rolled out, is another. */
export const daemonSets: KindStrategy = {
  prepare: (object, previous) => {
    const before = Number(previous?.metadata.annotations?.[TEMPLATE_GENERATION] ?? 0);
    const [wanted, last] = [object, previous].map((set) => (set as DaemonSet | undefined)?.spec);
    const isSame = isEqual(wanted?.template, last?.template) && isEqual(wanted?.updateStrategy, last?.updateStrategy);
    const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: String(isSame ? before : before + 1) };
    return { ...object, metadata: { ...object.metadata, annotations } };
  },
  // Who writes a status neither counts nor forgets.
  prepareStatus: (object, previous) => {
    const count = previous.metadata.annotations?.[TEMPLATE_GENERATION];
    if (count === undefined || count === object.metadata.annotations?.[TEMPLATE_GENERATION]) return object;
    const annotations = { ...object.metadata.annotations, [TEMPLATE_GENERATION]: count };
    return { ...object, metadata: { ...object.metadata, annotations } };
  },
};

/** Counts the templates a set has had; the API has kept it from its first version. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';
