/**
 * What a template must be by itself, whoever calls it: one type, an image, outputs its type can give, no two things
 * mounted at one path. @spec WF-TMPL-01, WF-VAL-06 … WF-VAL-10, WF-VAL-13
 */
import type { Template } from '../../api/template-schema.ts';
import { parseDurationText } from '../any-string.ts';
import { isDynamic, objectOf, textOf, type Finding, type Loose } from './finding.ts';
import { judgeContainers } from './judge-containers.ts';
import { judgeMetrics } from './judge-metrics.ts';
import { judgeNames } from './judge-names.ts';
import { judgeOutputs } from './judge-outputs.ts';
import { judgeSynchronization } from './judge-synchronization.ts';
import { judgeExpression } from './known-names.ts';

/** In the order upstream looks for them. */
const TEMPLATE_TYPES = [
  'container',
  'containerSet',
  'steps',
  'dag',
  'script',
  'resource',
  'data',
  'suspend',
  'http',
  'plugin',
] as const;

/** What a template does. */
export type TemplateType = (typeof TEMPLATE_TYPES)[number];

/** The type of a template, if it has exactly one. */
export const templateTypeOf = (template: Template): TemplateType | undefined => {
  const found = TEMPLATE_TYPES.filter((type) => (template as Loose)[type] !== undefined);
  return found.length === 1 ? found[0] : undefined;
};

/** Whether a template runs in a pod of its own. */
const hasPod = (type: TemplateType | undefined): boolean =>
  type === 'container' || type === 'containerSet' || type === 'script' || type === 'resource' || type === 'data';

/** Judges a template; `field` is `templates.<name>`. */
export const judgeTemplate = (field: string, template: Template): readonly Finding[] => {
  const loose = template as Loose;
  const types = TEMPLATE_TYPES.filter((type) => loose[type] !== undefined);
  const [type] = types;
  if (types.length > 1)
    return [{ rule: 'several-template-types', field, message: `must have one type, it has ${types.join(' and ')}` }];
  if (type === undefined)
    return [
      { rule: 'missing-template-type', field, message: `must have one type: one of ${TEMPLATE_TYPES.join(', ')}` },
    ];
  const isComposite = type === 'steps' || type === 'dag';
  return [
    ...judgeInputs(field, template, type),
    ...judgeOutputs(field, template, type),
    ...judgeMetrics(field, objectOf(loose['metrics'])),
    ...judgePodResources(`${field}.podResources`, objectOf(loose['podResources'])),
    ...judgeClaims(field, loose, type),
    ...(isComposite ? [] : judgeLeaf(field, template, type)),
    ...judgeRetries(field, template),
    ...judgeSynchronization(field, template.synchronization),
  ];
};

const judgeInputs = (field: string, template: Template, type: TemplateType): readonly Finding[] => {
  const { parameters = [], artifacts = [] } = template.inputs ?? {};
  const named = [
    ...judgeNames(
      `${field}.inputs.parameters`,
      parameters.map((one) => one.name),
      'parameter',
    ),
    ...judgeNames(
      `${field}.inputs.artifacts`,
      artifacts.map((one) => one.name),
      'artifact',
    ),
  ];
  const paths = artifacts.flatMap((one): readonly Finding[] => {
    const at = `${field}.inputs.artifacts.${one.name}.path`;
    if (!hasPod(type))
      return one.path === undefined || type === 'plugin' || type === 'http'
        ? []
        : [{ rule: 'artifact path-without-pod', field: at, message: 'only valid in container/script templates' }];
    return one.path === undefined ? [{ rule: 'artifact missing-path', field: at, message: 'not specified' }] : [];
  });
  return [...named, ...paths];
};

const judgeLeaf = (field: string, template: Template, type: TemplateType): readonly Finding[] => {
  const loose = template as Loose;
  return [
    ...judgeImage(field, template, type),
    ...judgeContainers(field, template),
    ...(type === 'resource' ? judgeResource(`${field}.resource`, objectOf(loose['resource'])) : []),
    ...judgeTimes(field, template),
    ...(template.http?.successCondition
      ? judgeExpression(`${field}.http.successCondition`, template.http.successCondition)
      : []),
    ...(template.parallelism === undefined
      ? []
      : [
          {
            rule: 'parallelism on-leaf',
            field: `${field}.parallelism`,
            message: 'is only valid for steps and dag templates',
          },
        ]),
  ];
};

const judgeImage = (field: string, template: Template, type: TemplateType): readonly Finding[] => {
  if (type !== 'container' && type !== 'script') return [];
  return textOf(objectOf(template[type])['image']) === ''
    ? [{ rule: 'image missing', field: `${field}.${type}.image`, message: 'may not be empty' }]
    : [];
};

const ACTIONS = ['get', 'create', 'apply', 'delete', 'replace', 'patch'];

const judgeResource = (field: string, resource: Loose): readonly Finding[] => {
  const action = textOf(resource['action']);
  if (!isDynamic(action) && !ACTIONS.includes(action))
    return [
      {
        rule: 'resource.action unknown-value',
        field: `${field}.action`,
        message: `must be one of: ${ACTIONS.join(', ')}`,
      },
    ];
  return resource['manifest'] !== undefined && resource['manifestFrom'] !== undefined
    ? [{ rule: 'resource manifest-twice', field, message: 'may not have both manifest and manifestFrom' }]
    : [];
};

const judgeTimes = (field: string, template: Template): readonly Finding[] => {
  const findings: Finding[] = [];
  const limit = template.activeDeadlineSeconds;
  const isTag = typeof limit === 'string' && isDynamic(limit);
  if (limit !== undefined && !isTag && !(Number(limit) > 0))
    findings.push({
      rule: 'activeDeadlineSeconds not-positive',
      field: `${field}.activeDeadlineSeconds`,
      message: 'must be a positive integer > 0 or an argo variable',
    });
  const { timeout } = template;
  if (timeout !== undefined && timeout !== '' && !isDynamic(timeout) && parseDurationText(timeout) === undefined)
    findings.push({
      rule: 'timeout not-a-duration',
      field: `${field}.timeout`,
      message: `has invalid duration format: ${JSON.stringify(timeout)}; write e.g. 30s or 5m`,
    });
  return findings;
};

const POLICIES = ['Always', 'OnFailure', 'OnError', 'OnTransientError', ''];

const judgeRetries = (field: string, template: Template): readonly Finding[] => {
  const { retryStrategy } = template;
  const policy = retryStrategy?.retryPolicy ?? '';
  return [
    ...(isDynamic(policy) || POLICIES.includes(policy)
      ? []
      : [
          {
            rule: 'retryPolicy unknown-value',
            field: `${field}.retryStrategy.retryPolicy`,
            message: `must be one of: ${POLICIES.slice(0, -1).join(', ')}`,
          },
        ]),
    ...(retryStrategy?.expression && !isDynamic(retryStrategy.expression)
      ? judgeExpression(`${field}.retryStrategy.expression`, retryStrategy.expression)
      : []),
  ];
};

/** Resources of a whole pod: Kubernetes takes only these. */
export const judgePodResources = (field: string, resources: Loose): readonly Finding[] => {
  if (resources['claims'] !== undefined)
    return [
      {
        rule: 'podResources.claims unsupported',
        field: `${field}.claims`,
        message: 'is not supported; use resourceClaims',
      },
    ];
  const names = ['limits', 'requests'].flatMap((kind) => Object.keys(objectOf(resources[kind])));
  return names.flatMap((name): readonly Finding[] =>
    name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')
      ? []
      : [
          {
            rule: 'podResources unknown-resource',
            field,
            message: `${name} is not a resource of a pod; only cpu, memory and hugepages-* are`,
          },
        ],
  );
};

const judgeClaims = (field: string, template: Loose, type: TemplateType): readonly Finding[] =>
  template['resourceClaims'] === undefined || hasPod(type)
    ? []
    : [
        {
          rule: 'resourceClaims unsupported-template-type',
          field: `${field}.resourceClaims`,
          message: `is not valid in ${type} templates: they have no pod`,
        },
      ];
