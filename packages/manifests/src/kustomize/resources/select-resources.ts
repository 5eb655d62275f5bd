/**
 * Objects chosen by patterns of group, version, kind, name and namespace, and by labels and annotations.
 * @upstream sigs.k8s.io/kustomize/api/resmap/reswrangler.go#Select, api/types/selector.go
 */
import { Failure } from '@argosy/base';
import { compileRegularExpression } from '@argosy/expressions';
import { matchesRequirements, parseApiVersion, parseLabelSelector } from '@argosy/kube';

import type { Resource } from './resource.ts';

/** A choice of objects; empty parts choose all. Patterns are anchored. */
export interface Selector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

/** The chosen objects. Throws Failure `InvalidSelector`. */
export const selectResources = (resources: readonly Resource[], selector: Selector): readonly Resource[] => {
  const group = compilePattern(selector.group, 'group');
  const version = compilePattern(selector.version, 'version');
  const kind = compilePattern(selector.kind, 'kind');
  const name = compilePattern(selector.name, 'name');
  const namespace = compilePattern(selector.namespace, 'namespace');
  const hasMarks = compileMarks(selector);
  return resources.filter((resource) => {
    const { id, originalId } = resource;
    const gvk = parseApiVersion(resource.apiVersion);
    return (
      (namespace(originalId.scope) || namespace(id.scope)) &&
      (name(originalId.name) || name(id.name)) &&
      group(gvk.group) &&
      version(gvk.version) &&
      kind(resource.kind) &&
      hasMarks(resource)
    );
  });
};

/** Tells objects by their labels and annotations. Throws Failure `InvalidSelector`. */
export const compileMarks = (selector: Selector): ((resource: Resource) => boolean) => {
  const label = compileLabels(selector.labelSelector, 'labelSelector');
  const annotation = compileLabels(selector.annotationSelector, 'annotationSelector');
  return (resource) => label(resource.textsOf('labels')) && annotation(resource.textsOf('annotations'));
};

const compilePattern = (pattern: string | undefined, field: string): ((text: string) => boolean) => {
  if (!pattern) return () => true;
  const compiled = compileRegularExpression(`^(?:${pattern})$`);
  if (!compiled.ok) throw invalid(field, compiled.error);
  return (text) => compiled.value.test(text);
};

const compileLabels = (
  selector: string | undefined,
  field: string,
): ((texts: ReadonlyMap<string, string>) => boolean) => {
  if (!selector) return () => true;
  const requirements = parseLabelSelector(selector);
  if (!requirements.ok) throw invalid(field, requirements.error);
  return (texts) => matchesRequirements(requirements.value, Object.fromEntries(texts));
};

const invalid = (field: string, why: string): Failure =>
  new Failure(`selector ${field}: ${why}`, { code: 'InvalidSelector' });
