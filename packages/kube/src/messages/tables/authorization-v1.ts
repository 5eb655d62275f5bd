/** Messages of authorization/v1; written by packages/kube/generate/message-tables.mjs. */
export const AUTHORIZATION_V1 = `
FieldSelectorAttributes
  1 rawSelector string
  2 requirements [meta.FieldSelectorRequirement] atomic
LabelSelectorAttributes
  1 rawSelector string
  2 requirements [meta.LabelSelectorRequirement] atomic
LocalSubjectAccessReview
  1 metadata meta.ObjectMeta
  2 spec SubjectAccessReviewSpec ! required
  3 status SubjectAccessReviewStatus
NonResourceAttributes
  1 path string
  2 verb string
NonResourceRule
  1 verbs [string] ! required atomic
  2 nonResourceURLs [string] atomic
ResourceAttributes
  1 namespace string
  2 verb string
  3 group string
  4 version string
  5 resource string
  6 subresource string
  7 name string
  8 fieldSelector FieldSelectorAttributes ?
  9 labelSelector LabelSelectorAttributes ?
ResourceRule
  1 verbs [string] ! required atomic
  2 apiGroups [string] atomic
  3 resources [string] atomic
  4 resourceNames [string] atomic
SelfSubjectAccessReview
  1 metadata meta.ObjectMeta
  2 spec SelfSubjectAccessReviewSpec ! required
  3 status SubjectAccessReviewStatus
SelfSubjectAccessReviewSpec
  1 resourceAttributes ResourceAttributes ?
  2 nonResourceAttributes NonResourceAttributes ?
SelfSubjectRulesReview
  1 metadata meta.ObjectMeta
  2 spec SelfSubjectRulesReviewSpec ! required
  3 status SubjectRulesReviewStatus
SelfSubjectRulesReviewSpec
  1 namespace string
SubjectAccessReview
  1 metadata meta.ObjectMeta
  2 spec SubjectAccessReviewSpec ! required
  3 status SubjectAccessReviewStatus
SubjectAccessReviewSpec
  1 resourceAttributes ResourceAttributes ?
  2 nonResourceAttributes NonResourceAttributes ?
  3 user string
  4 groups [string] atomic
  5 extra {Items} go:map[string]v1.ExtraValue
  6 uid string
SubjectAccessReviewStatus
  1 allowed bool ! required
  4 denied bool
  2 reason string
  3 evaluationError string
SubjectRulesReviewStatus
  1 resourceRules [ResourceRule] ! required atomic
  2 nonResourceRules [NonResourceRule] ! required atomic
  3 incomplete bool ! required
  4 evaluationError string
`;
