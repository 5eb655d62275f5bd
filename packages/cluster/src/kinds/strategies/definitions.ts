/**
 * Definitions of custom kinds.
 * @upstream kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition/strategy.go
 */
import type { CustomResourceDefinition } from '@argosy/kube';

import type { KindStrategy } from '../served-kind.ts';
import { withFinalizer } from './with-finalizer.ts';

/** Holds a definition until its objects are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** Fills in names, establishes a new definition at once, and remembers every version objects were stored in. */
export const customResourceDefinitions: KindStrategy = {
  default: (object) => {
    const crd = object as CustomResourceDefinition;
    const names = crd.spec?.names;
    if (!crd.spec || !names) return crd;
    return {
      ...crd,
      spec: {
        conversion: { strategy: 'None' },
        ...crd.spec,
        names: {
          ...names,
          singular: names.singular ?? textOf(names.kind).toLowerCase(),
          listKind: names.listKind ?? (names.kind ? `${names.kind}List` : ''),
        },
      },
    };
  },
  prepare: (object, previous) => {
    const crd = object as CustomResourceDefinition;
    // Who replaces a definition without naming the finalizer does not take it away.
    if (previous) return withStoredVersion(previous.metadata.deletionTimestamp ? crd : withCleanup(crd));
    if (!crd.spec) return crd;
    const stored = crd.spec.versions?.find((version) => version.storage)?.name;
    return {
      ...withCleanup(crd),
      status: {
        // Served from this very write on, so clients that wait for Established need not wait.
        conditions: [
          { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
          {
            type: 'Established',
            status: 'True',
            reason: 'InitialNamesAccepted',
            message: 'the initial names have been accepted',
          },
        ],
        acceptedNames: crd.spec.names,
        storedVersions: stored ? [stored] : [],
      },
    } as CustomResourceDefinition;
  },
};

/** A version objects are stored in stays among those of which there may be some, until somebody has rewritten them. */
const withStoredVersion = (crd: CustomResourceDefinition): CustomResourceDefinition => {
  const stored = crd.spec?.versions?.find((version) => version.storage)?.name;
  const known = crd.status?.storedVersions ?? [];
  if (stored === undefined || known.includes(stored)) return crd;
  return { ...crd, status: { ...crd.status, storedVersions: [...known, stored] } };
};

const withCleanup = (crd: CustomResourceDefinition): CustomResourceDefinition => withFinalizer(crd, CLEANUP_FINALIZER);

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
