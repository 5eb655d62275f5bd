/**
 * Namespace, Kubernetes version and API versions a source is rendered with: Helm's word, then Kustomize's, then the
 * destination's and the cluster's.
 * @spec CD-GEN-07; vectors cd-source-overrides
 */
import type { ApplicationSource } from '../api/application-source.ts';

/** What may be overridden. */
export interface SourceDefaults {
  readonly namespace: string;
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
}

/** The values that hold for a source. Pure. */
export const sourceDefaults = (
  { helm, kustomize }: Pick<ApplicationSource, 'helm' | 'kustomize'>,
  context: SourceDefaults,
): SourceDefaults => {
  const kubeVersion = helm?.kubeVersion || kustomize?.kubeVersion || context.kubeVersion;
  const apiVersions = [helm?.apiVersions, kustomize?.apiVersions].find((list) => list?.length);
  return {
    namespace: helm?.namespace || kustomize?.namespace || context.namespace,
    apiVersions: apiVersions ?? context.apiVersions,
    ...(kubeVersion && { kubeVersion }),
  };
};
