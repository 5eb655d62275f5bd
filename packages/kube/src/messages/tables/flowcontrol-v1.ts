/** Messages of flowcontrol/v1; written by packages/kube/generate/message-tables.mjs. */
export const FLOWCONTROL_V1 = `
ExemptPriorityLevelConfiguration
  1 nominalConcurrencyShares int32 ?
  2 lendablePercent int32 ?
FlowDistinguisherMethod
  1 type string ! required go:v1.FlowDistinguisherMethodType
FlowSchema
  1 metadata meta.ObjectMeta
  2 spec FlowSchemaSpec
  3 status FlowSchemaStatus
FlowSchemaCondition
  1 type string go:v1.FlowSchemaConditionType
  2 status string go:v1.ConditionStatus
  3 lastTransitionTime Time
  4 reason string
  5 message string
FlowSchemaSpec
  1 priorityLevelConfiguration PriorityLevelConfigurationReference ! required
  2 matchingPrecedence int32 !
  3 distinguisherMethod FlowDistinguisherMethod ?
  4 rules [PolicyRulesWithSubjects] atomic
FlowSchemaStatus
  1 conditions [FlowSchemaCondition] map:type patch:merge/type
GroupSubject
  1 name string ! required
LimitResponse
  1 type string ! required go:v1.LimitResponseType
  2 queuing QueuingConfiguration ?
LimitedPriorityLevelConfiguration
  1 nominalConcurrencyShares int32 ? !
  2 limitResponse LimitResponse
  3 lendablePercent int32 ?
  4 borrowingLimitPercent int32 ?
NonResourcePolicyRule
  1 verbs [string] ! required set
  6 nonResourceURLs [string] ! required set
PolicyRulesWithSubjects
  1 subjects [Subject] ! required atomic
  2 resourceRules [ResourcePolicyRule] atomic
  3 nonResourceRules [NonResourcePolicyRule] atomic
PriorityLevelConfiguration
  1 metadata meta.ObjectMeta
  2 spec PriorityLevelConfigurationSpec
  3 status PriorityLevelConfigurationStatus
PriorityLevelConfigurationCondition
  1 type string go:v1.PriorityLevelConfigurationConditionType
  2 status string go:v1.ConditionStatus
  3 lastTransitionTime Time
  4 reason string
  5 message string
PriorityLevelConfigurationReference
  1 name string ! required
PriorityLevelConfigurationSpec
  1 type string ! required go:v1.PriorityLevelEnablement
  2 limited LimitedPriorityLevelConfiguration ?
  3 exempt ExemptPriorityLevelConfiguration ?
PriorityLevelConfigurationStatus
  1 conditions [PriorityLevelConfigurationCondition] map:type patch:merge/type
QueuingConfiguration
  1 queues int32 !
  2 handSize int32 !
  3 queueLengthLimit int32 !
ResourcePolicyRule
  1 verbs [string] ! required set
  2 apiGroups [string] ! required set
  3 resources [string] ! required set
  4 clusterScope bool
  5 namespaces [string] ! set
ServiceAccountSubject
  1 namespace string ! required
  2 name string ! required
Subject
  1 kind string ! required go:v1.SubjectKind
  2 user UserSubject ?
  3 group GroupSubject ?
  4 serviceAccount ServiceAccountSubject ?
UserSubject
  1 name string ! required
`;
