/** Messages of admissionregistration/v1; written by packages/kube/generate/message-tables.mjs. */
export const ADMISSIONREGISTRATION_V1 = `
AuditAnnotation
  1 key string ! required
  2 valueExpression string ! required
ExpressionWarning
  2 fieldRef string ! required
  3 warning string ! required
MatchCondition
  1 name string ! required
  2 expression string ! required
MatchResources
  atomic
  1 namespaceSelector meta.LabelSelector ?
  2 objectSelector meta.LabelSelector ?
  3 resourceRules [NamedRuleWithOperations] atomic
  4 excludeResourceRules [NamedRuleWithOperations] atomic
  7 matchPolicy string ? go:v1.MatchPolicyType
MutatingWebhook
  1 name string ! required
  2 clientConfig WebhookClientConfig ! required
  3 rules [RuleWithOperations] atomic
  4 failurePolicy string ? go:v1.FailurePolicyType
  9 matchPolicy string ? go:v1.MatchPolicyType
  5 namespaceSelector meta.LabelSelector ?
  11 objectSelector meta.LabelSelector ?
  6 sideEffects string ? ! required go:v1.SideEffectClass
  7 timeoutSeconds int32 ?
  8 admissionReviewVersions [string] ! required atomic
  10 reinvocationPolicy string ? go:v1.ReinvocationPolicyType
  12 matchConditions [MatchCondition] map:name patch:merge/name
MutatingWebhookConfiguration
  1 metadata meta.ObjectMeta
  2 webhooks [MutatingWebhook] map:name patch:merge/name
NamedRuleWithOperations
  atomic
  1 resourceNames [string] atomic
  2 ... RuleWithOperations
ParamKind
  atomic
  1 apiVersion string
  2 kind string
ParamRef
  atomic
  1 name string
  2 namespace string
  3 selector meta.LabelSelector ?
  4 parameterNotFoundAction string ? go:v1.ParameterNotFoundActionType
Rule
  1 apiGroups [string] atomic
  2 apiVersions [string] atomic
  3 resources [string] atomic
  4 scope string ? go:v1.ScopeType
RuleWithOperations
  1 operations [string] atomic go:[]v1.OperationType
  2 ... Rule
ServiceReference
  1 namespace string ! required
  2 name string ! required
  3 path string ?
  4 port int32 ?
TypeChecking
  1 expressionWarnings [ExpressionWarning] atomic
ValidatingAdmissionPolicy
  1 metadata meta.ObjectMeta
  2 spec ValidatingAdmissionPolicySpec
  3 status ValidatingAdmissionPolicyStatus
ValidatingAdmissionPolicyBinding
  1 metadata meta.ObjectMeta
  2 spec ValidatingAdmissionPolicyBindingSpec
ValidatingAdmissionPolicyBindingSpec
  1 policyName string
  2 paramRef ParamRef ?
  3 matchResources MatchResources ?
  4 validationActions [string] set go:[]v1.ValidationAction
ValidatingAdmissionPolicySpec
  1 paramKind ParamKind ?
  2 matchConstraints MatchResources ?
  3 validations [Validation] atomic
  4 failurePolicy string ? go:v1.FailurePolicyType
  5 auditAnnotations [AuditAnnotation] atomic
  6 matchConditions [MatchCondition] map:name patch:merge/name
  7 variables [Variable] map:name patch:merge/name
ValidatingAdmissionPolicyStatus
  1 observedGeneration int64
  2 typeChecking TypeChecking ?
  3 conditions [meta.Condition] map:type
ValidatingWebhook
  1 name string ! required
  2 clientConfig WebhookClientConfig ! required
  3 rules [RuleWithOperations] atomic
  4 failurePolicy string ? go:v1.FailurePolicyType
  9 matchPolicy string ? go:v1.MatchPolicyType
  5 namespaceSelector meta.LabelSelector ?
  10 objectSelector meta.LabelSelector ?
  6 sideEffects string ? ! required go:v1.SideEffectClass
  7 timeoutSeconds int32 ?
  8 admissionReviewVersions [string] ! required atomic
  11 matchConditions [MatchCondition] map:name patch:merge/name
ValidatingWebhookConfiguration
  1 metadata meta.ObjectMeta
  2 webhooks [ValidatingWebhook] map:name patch:merge/name
Validation
  1 expression string ! required
  2 message string
  3 reason string ? go:v1.StatusReason
  4 messageExpression string
Variable
  atomic
  1 name string ! required
  2 expression string ! required
WebhookClientConfig
  3 url string ?
  1 service ServiceReference ?
  2 caBundle bytes ?
`;
