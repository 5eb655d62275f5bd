/** Messages of admissionregistration/v1; written by packages/kube/generate/message-tables.mjs. */
export const ADMISSIONREGISTRATION_V1 = `
MatchCondition
  1 name string ! required
  2 expression string ! required
MutatingWebhook
  1 name string ! required
  2 clientConfig WebhookClientConfig ! required
  3 rules [RuleWithOperations] atomic
  4 failurePolicy string ?
  9 matchPolicy string ?
  5 namespaceSelector meta.LabelSelector ?
  11 objectSelector meta.LabelSelector ?
  6 sideEffects string ? ! required
  7 timeoutSeconds int32 ?
  8 admissionReviewVersions [string] ! required atomic
  10 reinvocationPolicy string ?
  12 matchConditions [MatchCondition] map:name patch:merge/name
MutatingWebhookConfiguration
  1 metadata meta.ObjectMeta
  2 webhooks [MutatingWebhook] map:name patch:merge/name
Rule
  1 apiGroups [string] atomic
  2 apiVersions [string] atomic
  3 resources [string] atomic
  4 scope string ?
RuleWithOperations
  1 operations [string] atomic
  2 ... Rule
ServiceReference
  1 namespace string ! required
  2 name string ! required
  3 path string ?
  4 port int32 ?
ValidatingWebhook
  1 name string ! required
  2 clientConfig WebhookClientConfig ! required
  3 rules [RuleWithOperations] atomic
  4 failurePolicy string ?
  9 matchPolicy string ?
  5 namespaceSelector meta.LabelSelector ?
  10 objectSelector meta.LabelSelector ?
  6 sideEffects string ? ! required
  7 timeoutSeconds int32 ?
  8 admissionReviewVersions [string] ! required atomic
  11 matchConditions [MatchCondition] map:name patch:merge/name
ValidatingWebhookConfiguration
  1 metadata meta.ObjectMeta
  2 webhooks [ValidatingWebhook] map:name patch:merge/name
WebhookClientConfig
  3 url string ?
  1 service ServiceReference ?
  2 caBundle bytes ?
`;
