/**
 * `.Chart`: Chart.yaml as templates see it.
 * @upstream helm pkg/engine/engine.go#recAllTpls (chartMetaData), pkg/chart/metadata.go
 */
import { goMap, GoList, GoMap, GoObject, textList, type GoValue } from '@argosy/expressions';

import type { ChartDependency, ChartMetadata } from '../chart/chart.ts';

/** `.Chart`. */
export const chartValue = (metadata: ChartMetadata, isRoot: boolean): GoObject =>
  new GoObject('struct { chart.Metadata; IsRoot bool }', {
    fields: {
      Name: metadata.name,
      Home: metadata.home,
      Sources: textList(metadata.sources),
      Version: metadata.version,
      Description: metadata.description,
      Keywords: textList(metadata.keywords),
      Maintainers: new GoList(
        metadata.maintainers.map(
          ({ name, email, url }) =>
            new GoObject('*chart.Maintainer', { fields: { Name: name, Email: email, URL: url } }),
        ),
        '*chart.Maintainer',
      ),
      Icon: metadata.icon,
      APIVersion: metadata.apiVersion,
      Condition: metadata.condition,
      Tags: metadata.tags,
      AppVersion: metadata.appVersion,
      Deprecated: metadata.deprecated,
      Annotations: new GoMap(new Map(Object.entries(metadata.annotations)), 'string'),
      KubeVersion: metadata.kubeVersion,
      Dependencies: new GoList((metadata.dependencies ?? []).map(dependencyValue), '*chart.Dependency'),
      Type: metadata.type,
      IsRoot: isRoot,
    },
  });

const dependencyValue = (dependency: ChartDependency): GoObject =>
  new GoObject('*chart.Dependency', {
    fields: {
      Name: dependency.name,
      Version: dependency.version,
      Repository: dependency.repository,
      Condition: dependency.condition,
      Tags: textList(dependency.tags),
      Enabled: true,
      ImportValues: new GoList(
        dependency.importValues.map((entry): GoValue => {
          const pair = typeof entry === 'string' ? { child: `exports.${entry}`, parent: '.' } : entry;
          return goMap(Object.entries(pair));
        }),
      ),
      Alias: dependency.alias,
    },
  });
