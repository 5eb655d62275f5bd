/**
 * Names of templates, steps, parameters and artifacts: given, well formed, unique. @spec WF-CRD-05, WF-VAL-02
 */
import { isDynamic, type Finding } from './finding.ts';

type NameKind = 'template' | 'parameter' | 'artifact';

const LONGEST = 128;

const PATTERNS: Readonly<Record<NameKind, { readonly pattern: RegExp; readonly rule: string }>> = {
  template: {
    pattern: /^[a-zA-Z0-9][-a-zA-Z0-9]*$/,
    rule: "name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character (e.g. My-name1-2, 123-NAME)",
  },
  parameter: {
    pattern: /^[-a-zA-Z0-9_]+$/,
    rule: "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1",
  },
  artifact: {
    pattern: /^[-a-zA-Z0-9_{}.]+$/,
    rule: "Artifact name must consist of alpha-numeric characters, '_', '-', '.' or a tag e.g. my_artifact_1, MY-ARTIFACT-1",
  },
};

/** Judges the names of a list in their order; a name that holds a tag is only known when it runs. */
export const judgeNames = (field: string, names: readonly string[], kind: NameKind): readonly Finding[] => {
  const seen = new Set<string>();
  return names.flatMap((name, index): readonly Finding[] => {
    const at = `${field}[${index}].name`;
    if (name === '') return [{ rule: 'missing-name', field: at, message: 'is required' }];
    const wrong = judgeName(at, name, kind);
    if (wrong) return [wrong];
    if (seen.has(name)) return [{ rule: 'duplicate-name', field: at, message: `'${name}' is not unique` }];
    seen.add(name);
    return [];
  });
};

const judgeName = (field: string, name: string, kind: NameKind): Finding | undefined => {
  const { pattern, rule } = PATTERNS[kind];
  if (isDynamic(name)) return undefined;
  if (name.length > LONGEST)
    return { rule: 'name too-long', field, message: `'${name}' must be no more than ${LONGEST} characters` };
  if (pattern.test(name)) return undefined;
  return { rule: 'name bad-characters', field, message: `'${name}' is invalid: ${rule}` };
};

/** Longest name of a workflow and of its templates: it becomes a label. */
export const LONGEST_WORKFLOW_NAME = 63;

/** Judges the name of an object. */
export const judgeObjectName = (kind: string, name: string | undefined, longest: number): readonly Finding[] =>
  name !== undefined && name.length > longest
    ? [
        {
          rule: 'name too-long',
          field: 'metadata.name',
          message: `${kind} name "${name}" must not be more than ${longest} characters long (currently ${name.length})`,
        },
      ]
    : [];
