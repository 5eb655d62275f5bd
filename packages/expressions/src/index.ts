export {
  evaluateCondition,
  evaluateExpression,
  parseExpression,
  type ExprFailure,
  type ParsedExpr,
} from './expr/expression.ts';
export type { ExprNode } from './expr/syntax/ast.ts';
export type { ExprLimits } from './expr/run/evaluate.ts';
export { GoDuration, GoTime } from './expr/run/go-time.ts';
export { formatMoment, momentOf, type Moment } from './go-time/moment.ts';
export {
  formatGoValue,
  fromJsonValue,
  toJsonText,
  toJsonValue,
  type ExprFunction,
  type ExprKind,
  type ExprMap,
  type ExprValue,
} from './expr/run/values.ts';
export { evaluateWhen, type WhenFailure } from './when/evaluate-when.ts';
export {
  substituteTags,
  type SubstituteOptions,
  type TagFailure,
  type TagValues,
  type UnresolvedPolicy,
} from './tags/substitute.ts';
export { splitTags, type TagPart } from './tags/split-tags.ts';
export { workflowEnvironment, WORKFLOW_FUNCTIONS } from './tags/expression-environment.ts';
export { getPath, getPathOf, type GjsonResult, type GjsonType } from './paths/gjson-get.ts';
export { setPath } from './paths/sjson-set.ts';
export { findJsonPath, formatJsonPath } from './paths/json-path.ts';
export { compileGlob, matchesGlob } from './glob.ts';
export { compileRegularExpression, type RegularExpression } from './regular-expression.ts';
export {
  compileGoTemplate,
  compileGoTemplates,
  renderGoTemplate,
  type CompileOptions,
  type GoTemplate,
  type RenderOptions,
  type TemplateFile,
} from './template/template.ts';
export { TemplateFailure, type TemplateFailureCode } from './template/run/failure.ts';
export type { TemplateBudget } from './template/run/budget.ts';
export type { MissingKey } from './template/run/frame.ts';
export { goFunction } from './template/functions/signature.ts';
export { formatFloat } from './template/format/float.ts';
export { compareText, fromBytes } from './template/go-text.ts';
export { readJson, writeJson, type JsonStyle } from './template/encoding/json-text.ts';
export {
  GoError,
  GoList,
  goMap,
  GoMap,
  GoNumber,
  GoObject,
  goTypeOf,
  int64,
  textList,
  type CallContext,
  type GoFunction,
  type GoFunctions,
  type GoValue,
  type TemplatePorts,
} from './template/values.ts';
export { fromGoValue, toGoValue, type IntegerPolicy } from './template/plain-data.ts';
export { SPRIG_TEMPLATE_FUNCTIONS } from './template/sprig/sprig.ts';
export { parseConstraint, satisfies, type VersionConstraint } from './template/semver/constraint.ts';
export { compareVersions, parseVersion, type SemanticVersion } from './template/semver/version.ts';
export { HELM_FORMAT_FUNCTIONS } from './template/helm/format-functions.ts';
export { readYamlFloat, readYamlInteger } from './template/yaml/plain-number.ts';
export { readYaml as readGoYaml } from './template/yaml/read-yaml.ts';
export { writeYaml as writeGoYaml } from './template/yaml/write-yaml.ts';
export { compareKeys as compareYamlKeys } from './template/yaml/key-order.ts';
export { runLua, type LuaFailure, type LuaOptions } from './lua/run-lua.ts';
export {
  compileJq,
  firstOfJq,
  runJq,
  type JqBudget,
  type JqFailure,
  type JqOptions,
  type JqProgram,
  type JqRun,
} from './jq/jq.ts';
export { compileCel, runCel, type CelFailure, type CelProgram, type CelRunOptions } from './cel/cel.ts';
export { DYN as CEL_DYN, formatType as formatCelType, type CelType } from './cel/values/cel-type.ts';
export {
  CelDuration,
  CelList,
  CelMap,
  CelOptional,
  CelTimestamp,
  CelUint,
  type CelValue,
} from './cel/values/cel-value.ts';
export { fromCelValue, toCelValue } from './cel/values/json-value.ts';
export { checkSchemaRules, type RuleFinding, type RuleReport } from './cel/schema/check-rules.ts';
export { judgeRuleCosts } from './cel/schema/rule-costs.ts';
export { compileSchemaRules, type RuleProblem, type RuleTree } from './cel/schema/compile-rules.ts';
export type { RuleSchema, SchemaRule } from './cel/schema/rule-schema.ts';
