/** What kube-apiserver 1.32 answers to kinds that select the pods they make. */
import { deepFreeze } from '@argosy/base';
import { describe, expect, it } from 'vitest';

import { formatFieldError } from '../../objects/index.ts';
import { BUILTIN_DEFAULTS, BUILTIN_SCHEMAS } from '../../builtin/index.ts';
import { validateAgainstSchema } from '../../schemas/index.ts';
import { BUILTIN_VALIDATIONS } from '../validations.ts';

type Object = Readonly<Record<string, unknown>>;

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const findings = (kind: string, spec: Object): readonly string[] => {
  const identity = `apps/${kind}`;
  const whole = deepFreeze({
    kind,
    metadata: { name: 't' },
    spec: { selector: { matchLabels: { app: 'a' } }, template, ...spec },
  });
  const object = BUILTIN_DEFAULTS[identity]?.(whole) ?? whole;
  return [...validateAgainstSchema(BUILTIN_SCHEMAS[identity]!, object), ...BUILTIN_VALIDATIONS[identity]!(object)].map(
    formatFieldError,
  );
};

const NOTHING =
  'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement(nil)}';

describe('a selector', () => {
  it.each([
    ['Deployment', 'deployment'],
    ['ReplicaSet', 'deployment'],
    ['StatefulSet', 'statefulset'],
    ['DaemonSet', 'daemonset'],
  ])('of a %s does not select everything', (kind, called) => {
    expect(findings(kind, { selector: {} })).toEqual([
      `spec.selector: Invalid value: ${NOTHING}: empty selector is invalid for ${called}`,
    ]);
  });

  const broken = { matchExpressions: [{ key: '', operator: 'Exists' }] };
  const shown =
    'v1.LabelSelector{MatchLabels:map[string]string(nil), MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:"", Operator:"Exists", Values:[]string(nil)}}}';
  it.each([
    ['Deployment', `spec.selector: Invalid value: ${shown}: invalid label selector`],
    ['StatefulSet', `spec.selector: Invalid value: ${shown}`],
  ])('of a %s that cannot be read is shown', (kind, want) => {
    expect(findings(kind, { selector: broken })).toContain(want);
  });

  it('selects what has no labels when it must not', () => {
    expect(findings('ReplicaSet', { template: { spec: template.spec } })).toEqual([
      'spec.template.metadata.labels: Invalid value: map[string]string(nil): `selector` does not match template `labels`',
    ]);
  });
});

describe('pods of a stateful set', () => {
  it('are judged when they are created', () => {
    const container = { name: 'C', volumeMounts: [{ mountPath: '/x', name: 'none' }] };
    const spec = { containers: [container, container, {}], volumes: [{ name: 'a' }, { name: 'a' }] };
    expect(findings('StatefulSet', { template: { ...template, spec } })).toEqual([]);
    expect(findings('Deployment', { template: { ...template, spec } })).not.toEqual([]);
  });

  it('live until they are replaced', () => {
    const spec = { ...template.spec, restartPolicy: 'Never', activeDeadlineSeconds: 1 };
    expect(findings('StatefulSet', { template: { metadata: { labels: { app: 'a', 'b c': '' } }, spec } })).toEqual([
      expect.stringContaining('spec.template.labels: Invalid value: "b c": name part must consist of'),
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
      'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in StatefulSet is not Supported',
    ]);
  });
});

describe('shares', () => {
  const shown = (text: string) => `intstr.IntOrString{Type:1, IntVal:0, StrVal:"${text}"}`;
  const rolling = (kind: string, rollingUpdate: Object) =>
    findings(kind, {
      [kind === 'DaemonSet' ? 'updateStrategy' : 'strategy']: { type: 'RollingUpdate', rollingUpdate },
    });
  it.each<readonly [kind: string, rolling: Object, want: readonly string[]]>([
    ['Deployment', { maxSurge: '150%', maxUnavailable: 0 }, []],
    [
      'Deployment',
      { maxSurge: 1, maxUnavailable: '150%' },
      [`spec.strategy.rollingUpdate.maxUnavailable: Invalid value: ${shown('150%')}: must not be greater than 100%`],
    ],
    [
      'Deployment',
      { maxSurge: -1, maxUnavailable: 1 },
      ['spec.strategy.rollingUpdate.maxSurge: Invalid value: -1: must be greater than or equal to 0'],
    ],
    [
      'DaemonSet',
      { maxSurge: '150%', maxUnavailable: 0 },
      [`spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: ${shown('150%')}: must not be greater than 100%`],
    ],
    [
      'DaemonSet',
      { maxSurge: 0, maxUnavailable: 0 },
      ['spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0'],
    ],
  ])('of a %s: %j', (kind, given, want) => expect(rolling(kind, given)).toEqual(want));
});
