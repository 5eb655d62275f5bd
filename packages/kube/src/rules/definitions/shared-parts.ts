/**
 * Parts that all versions of a definition have in common: kube-apiserver keeps them once, and speaks of them there.
 * @upstream k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go
 */
import { isEqual } from '@argosy/base';

import type { FieldError } from '../../objects/field-error.ts';
import { itemsAt, objectAt, type Draft } from '../../builtin/defaults/draft.ts';

/** Where a part stands below the spec when it is kept once. */
const KEPT_ONCE: Readonly<Record<string, string>> = {
  schema: 'validation',
  subresources: 'subresources',
  additionalPrinterColumns: 'additionalPrinterColumns',
  selectableFields: 'selectableFields',
};

/** The findings of a definition with the paths of parts its versions share, each told once. */
export const atSharedParts = (definition: Draft, findings: readonly FieldError[]): readonly FieldError[] => {
  const versions = itemsAt(objectAt(definition, 'spec'), 'versions').map(([, version]) => version);
  const [first, ...others] = versions;
  if (!first || findings.length === 0) return findings;
  const shared = Object.keys(KEPT_ONCE).filter((name) => others.every((other) => isEqual(first[name], other[name])));
  return findings.flatMap((finding) => {
    const found = /^spec\.versions\[(\d+)\]\.([A-Za-z]+)(.*)$/s.exec(finding.field);
    const [, index, name = '', rest = ''] = found ?? [];
    if (!shared.includes(name) || isOfAbsence(finding, first)) return [finding];
    if (index !== '0') return [];
    const place = `spec.${KEPT_ONCE[name]}`;
    return [
      { ...finding, field: place + rest, message: finding.message.replaceAll(`spec.versions[0].${name}`, place) },
    ];
  });
};

/** That there is no schema is said of each version. */
const isOfAbsence = ({ field }: FieldError, version: Draft): boolean =>
  field.endsWith('.schema.openAPIV3Schema') && objectAt(version, 'schema')['openAPIV3Schema'] === undefined;
