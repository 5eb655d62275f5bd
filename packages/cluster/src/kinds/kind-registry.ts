/**
 * Which kinds are served right now: the built-in ones, those the program declares, and those users installed as
 * CustomResourceDefinitions while it runs.
 */
import {
  toCustomResourceDefinition,
  type CustomResourceDefinition,
  type FieldError,
  type KindDefinition,
  type KubeObject,
} from '@argosy/kube';

import { policyFindings, webhookFindings } from '../api/policies/compile-policy.ts';
import type { ConditionLanguage } from '../api/policies/condition-language.ts';
import { POLICIES, type AdmissionPolicy } from '../api/policies/policy-objects.ts';
import type { WebhookConfiguration } from '../api/webhooks/webhook-configuration.ts';
import type { Store } from '../store/store.ts';
import { builtinKinds } from './builtin-kinds.ts';
import { customKinds, definedKind } from './custom-kinds.ts';
import { withBuiltinRules, withCustomRules } from './schema-rules.ts';
import type { ServedKind } from './served-kind.ts';
import { createCheckRules, ruleFindings, ruleWarnings, type ValidationRules } from './validation-rules.ts';

/** Name under which the store keeps CustomResourceDefinitions. */
export const CRD_STORAGE = 'apiextensions.k8s.io/customresourcedefinitions';

/** The languages of what users write into objects of the API. */
export interface RegistryLanguages {
  readonly rules?: ValidationRules | undefined;
  readonly conditions?: ConditionLanguage | undefined;
}

/** Finds kinds. Always as new as the store. */
export interface KindRegistry {
  find(of: { readonly group: string; readonly version: string; readonly resource: string }): ServedKind | undefined;
  all(): readonly ServedKind[];
}

/** Creates the registry over the store's CustomResourceDefinitions. */
export const createKindRegistry = (
  store: Store,
  definitions: readonly KindDefinition[],
  languages: RegistryLanguages = {},
): KindRegistry => {
  const { rules } = languages;
  const checkRules = createCheckRules(rules);
  const declared = definitions.map((definition) =>
    withCustomRules(definedKind(definition), { isDeclared: true, checkRules }),
  );
  const builtin = builtinKinds().map((kind) => withBuiltinRules(withExpressions(kind, languages)));
  const fixed = [...builtin, ...declared];
  const fixedStorages = new Set(fixed.map((kind) => kind.storage));
  let seen: readonly unknown[] | undefined;
  let kinds: readonly ServedKind[] = fixed;
  let byName = new Map<string, ServedKind>();

  const refresh = (): void => {
    // The store returns the same list until a definition changes, so this costs one comparison per request.
    const { items } = store.list(CRD_STORAGE);
    if (items === seen) return;
    seen = items;
    const custom = items.flatMap((item) =>
      customKinds(item as CustomResourceDefinition).map((kind) =>
        withCustomRules(kind, { isDeclared: false, checkRules }),
      ),
    );
    kinds = [...fixed, ...custom.filter((kind) => !fixedStorages.has(kind.storage))];
    byName = new Map(kinds.map((kind) => [nameOf(kind.group, kind.version, kind.plural), kind]));
  };
  return {
    find: ({ group, version, resource }) => {
      refresh();
      return byName.get(nameOf(group, version, resource));
    },
    all: () => {
      refresh();
      return kinds;
    },
  };
};

/** What the expressions of an object are checked with when it is written. */
interface Expressions {
  readonly findings: (object: KubeObject, previous: KubeObject | undefined) => readonly FieldError[];
  readonly warnings?: (object: KubeObject) => readonly string[];
}

const expressionsOf = (storage: string, { rules, conditions }: RegistryLanguages): Expressions | undefined => {
  switch (storage) {
    case CRD_STORAGE:
      return {
        findings: (object, previous) =>
          ruleFindings(rules, object as CustomResourceDefinition, previous as CustomResourceDefinition | undefined),
        warnings: (object) => [
          ...ruleWarnings(rules, object as CustomResourceDefinition),
          ...conversionWarnings(object as CustomResourceDefinition),
        ],
      };
    case POLICIES:
      return { findings: (object) => policyFindings(conditions, object as AdmissionPolicy) };
    case 'admissionregistration.k8s.io/validatingwebhookconfigurations':
    case 'admissionregistration.k8s.io/mutatingwebhookconfigurations':
      return { findings: (object) => webhookFindings(conditions, object as WebhookConfiguration) };
    default:
      return undefined;
  }
};

const conversionWarnings = ({ spec }: CustomResourceDefinition): readonly string[] =>
  spec?.conversion?.['strategy'] === 'Webhook' && spec.versions.filter(({ served }) => served).length > 1
    ? ['spec.conversion: webhooks are not asked to convert: between versions objects change their apiVersion alone']
    : [];

/** Objects with expressions that are wrong are refused; where nobody evaluates them their author is told. */
const withExpressions = (kind: ServedKind, languages: RegistryLanguages): ServedKind => {
  const expressions = expressionsOf(kind.storage, languages);
  if (!expressions) return kind;
  return {
    ...kind,
    strategy: {
      ...kind.strategy,
      ...(expressions.warnings ? { warn: expressions.warnings } : {}),
      validate: (object, previous) => {
        const findings = kind.strategy.validate?.(object, previous) ?? [];
        return findings.length > 0 ? findings : expressions.findings(object, previous);
      },
    },
  };
};

/** The CustomResourceDefinition object that shows a declared kind to clients. */
export const visibleDefinition = (definition: KindDefinition): CustomResourceDefinition =>
  toCustomResourceDefinition(definition) as CustomResourceDefinition;

const nameOf = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`;
