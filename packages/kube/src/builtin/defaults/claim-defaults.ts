/** Defaults of claims, by themselves and where pods and sets make them. @upstream k8s.io/kubernetes/pkg/apis/core/v1/defaults.go */
import { fillIn, mapObject, type Draft } from './draft.ts';

/** Completes what is wanted of a claim. */
export const defaultClaimSpec = (spec: Draft): Draft => fillIn(spec, { volumeMode: 'Filesystem' });

/** Completes a claim. */
export const defaultPersistentVolumeClaim = (claim: Draft): Draft =>
  fillIn(mapObject(claim, 'spec', defaultClaimSpec), { status: { phase: 'Pending' } });
