/**
 * Namespaces: each carries its own name as a label, and says from the beginning that it is active.
 * @upstream kubernetes pkg/registry/core/namespace/strategy.go
 */
import { invalidField, validateLabelKey, type FieldError, type Namespace } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';

/** Fills in the label, the finalizer and the phase; refuses finalizers and phases nobody knows. */
export const namespaces: KindStrategy = {
  prepare: (object, previous) => {
    const namespace = object as Namespace;
    const name = namespace.metadata.name ?? '';
    return {
      ...namespace,
      metadata: {
        ...namespace.metadata,
        labels: { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': name },
      },
      // Who holds a namespace is its subresource's to say.
      spec: previous ? (previous as Namespace).spec : { finalizers: withOwnFinalizer(namespace.spec?.finalizers) },
      status: previous ? (namespace.status ?? {}) : { phase: 'Active' },
    } as Namespace;
  },
  // A status that tells no phase is that of a namespace in use. @upstream kubernetes pkg/apis/core/v1/defaults.go
  prepareStatus: (object) => {
    const { status } = object as Namespace;
    return status?.phase ? object : ({ ...object, status: { ...status, phase: 'Active' } } as Namespace);
  },
  validate: (object, previous) => [
    ...finalizerFindings(object as Namespace, { isNew: previous === undefined }),
    ...phaseFindings(object as Namespace, previous as Namespace | undefined),
  ],
  selectableFields: (object) => ({ 'status.phase': (object as Namespace).status?.phase ?? '' }),
};

/** @upstream kubernetes pkg/apis/core/validation/validation.go#ValidateFinalizerName */
const finalizerFindings = ({ spec }: Namespace, of: { readonly isNew: boolean }): readonly FieldError[] => {
  const finalizers: readonly unknown[] = Array.isArray(spec?.finalizers) ? spec.finalizers : [];
  return finalizers.flatMap((name, at) => {
    if (typeof name !== 'string') return [];
    // Of a new namespace upstream tells not which.
    const field = of.isNew ? 'spec.finalizers' : `spec.finalizers[${at}]`;
    const found = validateLabelKey(name).map((problem) => invalidField(field, name, problem));
    return name.includes('/') || STANDARD_FINALIZERS.has(name)
      ? found
      : [...found, invalidField(field, name, 'name is neither a standard finalizer name nor is it fully qualified')];
  });
};

/** @upstream kubernetes pkg/apis/core/validation/validation.go#ValidateNamespaceStatusUpdate */
const phaseFindings = ({ metadata, status }: Namespace, previous: Namespace | undefined): readonly FieldError[] => {
  const phase = status?.phase;
  const only = metadata.deletionTimestamp ? 'Terminating' : 'Active';
  if (!previous || phase === previous.status?.phase || phase === only) return [];
  const when = metadata.deletionTimestamp ? 'not empty' : 'empty';
  return [invalidField('status.Phase', phase, `may only be '${only}' if \`deletionTimestamp\` is ${when}`)];
};

const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

/** Authors may hold a namespace as well. @upstream kubernetes pkg/registry/core/namespace/strategy.go#PrepareForCreate */
const withOwnFinalizer = (given: readonly string[] = []): readonly string[] =>
  given.includes('kubernetes') ? given : [...given, 'kubernetes'];
