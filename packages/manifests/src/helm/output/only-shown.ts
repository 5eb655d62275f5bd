/**
 * `--show-only`: the manifests of some templates of a rendered chart.
 * @upstream helm cmd/helm/template.go
 */
import { Failure } from '@argosy/base';
import { matchesGlob } from '@argosy/expressions';

import { splitManifests } from './sort-manifests.ts';

const SOURCE = /# Source: [^/]+\/(.+)/;

/** The manifests of the templates named, in the order of naming. Throws Failure `NotFound`. */
export const onlyShown = (text: string, templates: readonly string[]): string => {
  const manifests = splitManifests(text).map((manifest) => ({ manifest, source: SOURCE.exec(manifest)?.[1] }));
  return templates
    .flatMap((template) => {
      const shown = manifests.filter(({ source }) => source !== undefined && matchesGlob(template, source, '/'));
      if (shown.length === 0) throw new Failure(`could not find template ${template} in chart`, { code: 'NotFound' });
      return shown.map(({ manifest }) => `---\n${manifest}\n`);
    })
    .join('');
};
