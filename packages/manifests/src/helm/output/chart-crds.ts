/**
 * What lies in the `crds/` of a chart and of those inside it: no templates, and the same in each render.
 * @upstream helm pkg/chart/chart.go#CRDObjects
 */
import { fromBytes } from '@argosy/expressions';
import type { KubeObject } from '@argosy/kube';

import { parseManifests } from '../../yaml/parse-manifests.ts';
import { pathOfInner, type Chart, type ChartFile } from '../chart/chart.ts';
import type { HelmCache } from '../helm-cache.ts';
import { isSameAsJson } from './same-as-json.ts';

/** Files of definitions, outer charts' first; names are those of the whole chart, such as `chart/crds/a.yaml`. */
export const chartCrds = (chart: Chart, name: string = chart.metadata.name): readonly ChartFile[] => [
  ...chart.files
    .filter((file) => file.name.startsWith('crds/') && /\.(?:yaml|yml|json)$/i.test(file.name))
    .map((file) => ({ name: `${name}/${file.name}`, data: file.data })),
  ...chart.dependencies.flatMap((child) => chartCrds(child, pathOfInner(chart, name, child))),
];

/** A file's objects, their reader's own each time. Throws Failure: InvalidYAML, InvalidManifest. */
export const readCrds = ({ name, data }: ChartFile, cache: HelmCache): readonly KubeObject[] => {
  const read = (): readonly KubeObject[] => parseManifests(fromBytes(data), name);
  let fresh: readonly KubeObject[] | undefined;
  const { json } = cache.keepWith<{ readonly json: string | undefined }>(data, ['crds'], () => {
    fresh = read();
    return { json: isSameAsJson(fromBytes(data)) ? JSON.stringify(fresh) : undefined };
  });
  // Written above, from objects.
  return fresh ?? (json === undefined ? read() : (JSON.parse(json) as readonly KubeObject[]));
};
