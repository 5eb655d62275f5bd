/** Certificates signed on request. @spec https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/ */
import { resourceType, type KubeObject } from '../objects/object.ts';

export interface CertificateCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
  readonly lastTransitionTime?: string;
}

export type CertificateSigningRequest = KubeObject<
  {
    /** PEM in base64. */
    readonly request: string;
    readonly signerName: string;
    readonly expirationSeconds?: number;
    readonly usages?: readonly string[];
    readonly username?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: Readonly<Record<string, readonly string[]>>;
  },
  {
    readonly conditions?: readonly CertificateCondition[];
    /** PEM in base64. */
    readonly certificate?: string;
  }
>;

export const CERTIFICATE_SIGNING_REQUESTS = resourceType<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  resource: 'certificatesigningrequests',
  kind: 'CertificateSigningRequest',
  namespaced: false,
});
