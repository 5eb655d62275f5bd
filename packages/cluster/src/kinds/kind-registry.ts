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
import { conversionFindings } from './conversion-rules.ts';
import { customKinds, definedKind, unconvertedKind } from './custom-kinds.ts';
import { withCustomRules } from './custom-rules.ts';
import { withBuiltinRules } from './schema-rules.ts';
import { UNCONVERTED, type ServedKind } from './served-kind.ts';
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
  /** The objects of a custom kind as they are stored, for programs of this process. */
  unconverted(of: { readonly group: string; readonly resource: string }): ServedKind | undefined;
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
  const builtin = builtinKinds().map((kind) => withExpressions(withBuiltinRules(kind), languages));
  const fixed = [...builtin, ...declared];
  const fixedStorages = new Set(fixed.map((kind) => kind.storage));
  let seen: readonly unknown[] | undefined;
  let kinds: readonly ServedKind[] = fixed;
  let byName = new Map<string, ServedKind>();
  const kindsOf = createCustomKinds(checkRules);

  const refresh = (): void => {
    // The store returns the same list until a definition changes, so this costs one comparison per request.
    const { items } = store.list(CRD_STORAGE);
    if (items === seen) return;
    seen = items;
    const custom = items.map((item) => kindsOf(item as CustomResourceDefinition));
    const isCustom = (kind: ServedKind): boolean => !fixedStorages.has(kind.storage);
    kinds = [...fixed, ...custom.flatMap(({ served }) => served).filter(isCustom)];
    const hidden = custom.flatMap(({ unconverted }) => (unconverted && isCustom(unconverted) ? [unconverted] : []));
    byName = new Map([...kinds, ...hidden].map((kind) => [nameOf(kind.group, kind.version, kind.plural), kind]));
  };
  return {
    find: ({ group, version, resource }) => {
      refresh();
      return version === UNCONVERTED ? undefined : byName.get(nameOf(group, version, resource));
    },
    unconverted: ({ group, resource }) => {
      refresh();
      return byName.get(nameOf(group, UNCONVERTED, resource));
    },
    all: () => {
      refresh();
      return kinds;
    },
  };
};

/** What one definition gives. */
interface CustomKinds {
  readonly served: readonly ServedKind[];
  readonly unconverted: ServedKind | undefined;
}

/** Kinds by their definition, each made once: a definition that changes is another object. */
const createCustomKinds = (
  checkRules: ReturnType<typeof createCheckRules>,
): ((crd: CustomResourceDefinition) => CustomKinds) => {
  const made = new WeakMap<KubeObject, CustomKinds>();
  return (crd) => {
    const known = made.get(crd) ?? {
      served: customKinds(crd).map((kind) => withCustomRules(kind, { isDeclared: false, checkRules })),
      unconverted: unconvertedKind(crd),
    };
    made.set(crd, known);
    return known;
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
        findings: (object, previous) => [
          ...conversionFindings(object as CustomResourceDefinition),
          ...ruleFindings(rules, object as CustomResourceDefinition, previous as CustomResourceDefinition | undefined),
        ],
        warnings: (object) => ruleWarnings(rules, object as CustomResourceDefinition),
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
