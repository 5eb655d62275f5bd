/**
 * What a chart may know of the cluster and of Helm: `.Capabilities`.
 * @upstream helm pkg/chartutil/capabilities.go
 */
import { Failure } from '@argosy/base';
import { goFunction, GoList, GoObject } from '@argosy/expressions';

/** The cluster a chart is rendered for. */
export interface Capabilities {
  /** Such as `v1.33.2`. */
  readonly kubeVersion: string;
  /** `group/version` and `group/version/Kind`; `v1` for the core group. */
  readonly apiVersions: readonly string[];
}

/** Kubernetes' version when nobody says another: that of the API Helm 3.22 is built with. */
export const DEFAULT_KUBE_VERSION = 'v1.37.0';

/** The Helm we render like; charts ask for it by `.Capabilities.HelmVersion`. */
const HELM_VERSION = 'v3.22';

/** API versions of Kubernetes itself that Helm knows without a cluster. @upstream client-go kubernetes/scheme */
export const DEFAULT_API_VERSIONS: readonly string[] = `
v1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1
admissionregistration.k8s.io/v1beta1 internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2
authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1
authorization.k8s.io/v1 authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2 batch/v1 batch/v1beta1
certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1 coordination.k8s.io/v1alpha2
coordination.k8s.io/v1beta1 coordination.k8s.io/v1 discovery.k8s.io/v1 discovery.k8s.io/v1beta1
events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1 flowcontrol.apiserver.k8s.io/v1
flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2
flowcontrol.apiserver.k8s.io/v1beta3 lifecycle.k8s.io/v1alpha1 networking.k8s.io/v1
networking.k8s.io/v1beta1 node.k8s.io/v1 node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1
rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1
resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3
scheduling.k8s.io/v1alpha3 scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 storage.k8s.io/v1beta1
storage.k8s.io/v1 storage.k8s.io/v1alpha1 storagemigration.k8s.io/v1 storagemigration.k8s.io/v1beta1
apiextensions.k8s.io/v1beta1 apiextensions.k8s.io/v1`
  .trim()
  .split(/\s+/);

const VERSION = /^v?(\d+)\.(\d+)((?:\.\d+)*)/;

/**
 * The form `.Capabilities.KubeVersion` has for `--kube-version`: what follows the numbers is dropped. Throws Failure
 * `InvalidVersion`.
 * @upstream apimachinery pkg/util/version#ParseGeneric
 */
export const normalizeKubeVersion = (version: string): string => {
  const [numbers] = VERSION.exec(version.trim()) ?? [];
  if (numbers === undefined)
    throw new Failure(`invalid kube version '${version}': could not parse ${JSON.stringify(version)} as version`, {
      code: 'InvalidVersion',
    });
  return `v${numbers.replace('v', '')}`;
};

/** `.Capabilities` as templates see it. */
export const capabilitiesValue = ({ kubeVersion, apiVersions }: Capabilities): GoObject => {
  const [, major = '', minor = ''] = VERSION.exec(kubeVersion) ?? [];
  const known = new Set(apiVersions);
  return new GoObject('*chartutil.Capabilities', {
    fields: {
      KubeVersion: new GoObject('chartutil.KubeVersion', {
        fields: { Version: kubeVersion, Major: major, Minor: minor },
        methods: {
          GitVersion: goFunction([], () => kubeVersion),
          String: goFunction([], () => kubeVersion),
        },
        text: kubeVersion,
      }),
      APIVersions: new GoList(apiVersions, 'string', false, {
        name: 'chartutil.VersionSet',
        methods: { Has: goFunction(['string'], ([version]) => known.has(version)) },
      }),
      HelmVersion: new GoObject('version.BuildInfo', {
        fields: { Version: HELM_VERSION, GitCommit: '', GitTreeState: '', GoVersion: 'go1.26' },
      }),
    },
  });
};
