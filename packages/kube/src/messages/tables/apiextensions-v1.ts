/** Messages of apiextensions/v1; written by packages/kube/generate/message-tables.mjs. */
export const APIEXTENSIONS_V1 = `
CustomResourceColumnDefinition
  1 name string ! required
  2 type string ! required
  3 format string
  4 description string
  5 priority int32
  6 jsonPath string ! required
CustomResourceConversion
  1 strategy string ! required go:v1.ConversionStrategyType
  2 webhook WebhookConversion ?
CustomResourceDefinition
  1 metadata meta.ObjectMeta
  2 spec CustomResourceDefinitionSpec ! required
  3 status CustomResourceDefinitionStatus
CustomResourceDefinitionCondition
  1 type string ! required go:v1.CustomResourceDefinitionConditionType
  2 status string ! required go:v1.ConditionStatus
  3 lastTransitionTime Time
  4 reason string
  5 message string
CustomResourceDefinitionNames
  1 plural string ! required
  2 singular string
  3 shortNames [string] atomic
  4 kind string ! required
  5 listKind string
  6 categories [string] atomic
CustomResourceDefinitionSpec
  1 group string ! required
  3 names CustomResourceDefinitionNames ! required
  4 scope string ! required go:v1.ResourceScope
  7 versions [CustomResourceDefinitionVersion] ! required atomic
  9 conversion CustomResourceConversion ?
  10 preserveUnknownFields bool
CustomResourceDefinitionStatus
  1 conditions [CustomResourceDefinitionCondition] ! map:type
  2 acceptedNames CustomResourceDefinitionNames !
  3 storedVersions [string] ! atomic
CustomResourceDefinitionVersion
  1 name string ! required
  2 served bool ! required
  3 storage bool ! required
  7 deprecated bool
  8 deprecationWarning string ?
  4 schema CustomResourceValidation ?
  5 subresources CustomResourceSubresources ?
  6 additionalPrinterColumns [CustomResourceColumnDefinition] atomic
  9 selectableFields [SelectableField] atomic
CustomResourceSubresourceScale
  1 specReplicasPath string ! required
  2 statusReplicasPath string ! required
  3 labelSelectorPath string ?
CustomResourceSubresourceStatus
CustomResourceSubresources
  1 status CustomResourceSubresourceStatus ?
  2 scale CustomResourceSubresourceScale ?
CustomResourceValidation
  1 openAPIV3Schema JSONSchemaProps ?
ExternalDocumentation
  1 description string
  2 url string
JSONSchemaProps
  1 id string
  2 $schema string go:v1.JSONSchemaURL
  3 $ref string ?
  4 description string
  5 type string
  6 format string
  7 title string
  8 default Json ?
  9 maximum double ?
  10 exclusiveMaximum bool
  11 minimum double ?
  12 exclusiveMinimum bool
  13 maxLength int64 ?
  14 minLength int64 ?
  15 pattern string
  16 maxItems int64 ?
  17 minItems int64 ?
  18 uniqueItems bool
  19 multipleOf double ?
  20 enum [Json] atomic
  21 maxProperties int64 ?
  22 minProperties int64 ?
  23 required [string] atomic
  24 items SchemaOrList ?
  25 allOf [JSONSchemaProps] atomic
  26 oneOf [JSONSchemaProps] atomic
  27 anyOf [JSONSchemaProps] atomic
  28 not JSONSchemaProps ?
  29 properties {JSONSchemaProps}
  30 additionalProperties SchemaOrFlag ?
  31 patternProperties {JSONSchemaProps}
  32 dependencies {SchemaOrTexts} go:v1.JSONSchemaDependencies
  33 additionalItems SchemaOrFlag ?
  34 definitions {JSONSchemaProps} go:v1.JSONSchemaDefinitions
  35 externalDocs ExternalDocumentation ?
  36 example Json ?
  37 nullable bool
  38 x-kubernetes-preserve-unknown-fields bool ?
  39 x-kubernetes-embedded-resource bool
  40 x-kubernetes-int-or-string bool
  41 x-kubernetes-list-map-keys [string] atomic
  42 x-kubernetes-list-type string ?
  43 x-kubernetes-map-type string ?
  44 x-kubernetes-validations [ValidationRule] map:rule go:v1.ValidationRules patch:merge/rule
SelectableField
  1 jsonPath string ! required
ServiceReference
  1 namespace string ! required
  2 name string ! required
  3 path string ?
  4 port int32 ?
ValidationRule
  1 rule string ! required
  2 message string
  3 messageExpression string
  4 reason string ? go:v1.FieldValueErrorReason
  5 fieldPath string
  6 optionalOldSelf bool ?
WebhookClientConfig
  3 url string ?
  1 service ServiceReference ?
  2 caBundle bytes ?
WebhookConversion
  2 clientConfig WebhookClientConfig ?
  3 conversionReviewVersions [string] ! required atomic
`;
