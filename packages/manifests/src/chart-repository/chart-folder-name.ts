/**
 * Where a chart lies in its archive.
 * @spec CD-HELM-16; vectors cd-helm-chart-name
 * @upstream argo-cd util/helm/client.go#normalizeChartName
 */

/**
 * The folder that the archive of a chart is expected to hold: the chart's name without the organisations before it.
 * A name whose last part names no folder (nothing, `.`, `..`) is its own answer, which no archive holds.
 */
export const chartFolderName = (chart: string): string => {
  const last = chart.slice(chart.lastIndexOf('/') + 1);
  return last === '' || last === '.' || last === '..' ? chart : last;
};
