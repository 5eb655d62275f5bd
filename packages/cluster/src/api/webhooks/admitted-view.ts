/**
 * What admission is shown of a change: of a scale it is the Scale, of everything else the object.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/update.go (scope.Kind of a subresource)
 */
import { applyMergePatch, type KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';
import { replicasPatch, scaleOfObject, wantedReplicas } from '../reads/scale-of-object.ts';

/** A way to look at objects of one kind, and back. */
export interface AdmittedView {
  of(object: KubeObject): KubeObject;
  /** The object with what was changed of its view. Throws BadRequest, Invalid for a view that says no number. */
  changed(object: KubeObject, view: KubeObject): KubeObject;
}

/** The view of changes by a subresource, or by none. */
export const admittedView = ({ scale }: ServedKind, subresource: string | undefined): AdmittedView =>
  subresource !== 'scale' || !scale
    ? WHOLE
    : {
        of: (object) => scaleOfObject(scale, object),
        changed: (object, view) => {
          const replicas = wantedReplicas(view, object.metadata.name ?? '');
          return applyMergePatch(object, replicasPatch(scale, replicas)) as unknown as KubeObject;
        },
      };

const WHOLE: AdmittedView = { of: (object) => object, changed: (_object, view) => view };
