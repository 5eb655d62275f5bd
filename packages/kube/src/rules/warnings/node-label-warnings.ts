/** Labels of nodes that have newer names. @upstream k8s.io/kubernetes/pkg/api/node/util.go */
import { itemsAt, textAt, type Draft } from '../../builtin/defaults/draft.ts';

const OLDER_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

/** What to use instead of a label; absent when there is nothing newer. */
export const olderLabel = (key: string): string | undefined =>
  Object.hasOwn(OLDER_LABELS, key) ? OLDER_LABELS[key] : undefined;

/** Says which labels a term that selects nodes at `path` calls by their older names. */
export const nodeTermWarnings = (term: Draft, path: string): readonly string[] =>
  itemsAt(term, 'matchExpressions').flatMap(([index, expression]) => {
    const key = textAt(expression, 'key');
    const newer = olderLabel(key);
    return newer === undefined ? [] : [`${path}.matchExpressions[${index}].key: ${key} is ${newer}`];
  });
