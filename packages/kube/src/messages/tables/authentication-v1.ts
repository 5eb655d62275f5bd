/** Messages of authentication/v1; written by packages/kube/generate/message-tables.mjs. */
export const AUTHENTICATION_V1 = `
BoundObjectReference
  1 kind string
  2 apiVersion string
  3 name string
  4 uid string go:types.UID
SelfSubjectReview
  1 metadata meta.ObjectMeta
  2 status SelfSubjectReviewStatus
SelfSubjectReviewStatus
  1 userInfo UserInfo
TokenRequest
  1 metadata meta.ObjectMeta
  2 spec TokenRequestSpec ! required
  3 status TokenRequestStatus
TokenRequestSpec
  1 audiences [string] ! required atomic
  4 expirationSeconds int64 ? !
  3 boundObjectRef BoundObjectReference ? !
TokenRequestStatus
  1 token string ! required
  2 expirationTimestamp Time ! required
TokenReview
  1 metadata meta.ObjectMeta
  2 spec TokenReviewSpec ! required
  3 status TokenReviewStatus
TokenReviewSpec
  1 token string
  2 audiences [string] atomic
TokenReviewStatus
  1 authenticated bool
  2 user UserInfo
  4 audiences [string] atomic
  3 error string
UserInfo
  1 username string
  2 uid string
  3 groups [string] atomic
  4 extra {Items} go:map[string]v1.ExtraValue
`;
