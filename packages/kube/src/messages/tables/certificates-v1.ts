/** Messages of certificates/v1; written by packages/kube/generate/message-tables.mjs. */
export const CERTIFICATES_V1 = `
CertificateSigningRequest
  1 metadata meta.ObjectMeta
  2 spec CertificateSigningRequestSpec ! required
  3 status CertificateSigningRequestStatus
CertificateSigningRequestCondition
  1 type string ! required go:v1.RequestConditionType
  6 status string ! required go:v1.ConditionStatus
  2 reason string
  3 message string
  4 lastUpdateTime Time
  5 lastTransitionTime Time
CertificateSigningRequestSpec
  1 request bytes ? ! required atomic
  7 signerName string ! required
  8 expirationSeconds int32 ?
  5 usages [string] atomic go:[]v1.KeyUsage
  2 username string
  3 uid string
  4 groups [string] atomic
  6 extra {Items} go:map[string]v1.ExtraValue
CertificateSigningRequestStatus
  1 conditions [CertificateSigningRequestCondition] map:type
  2 certificate bytes ? atomic
`;
