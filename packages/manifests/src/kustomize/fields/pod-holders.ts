/**
 * Where the kinds that run pods keep a pod's spec.
 */
import type { FieldSpec } from './field-spec.ts';

/** A kind, with a version where only that one counts. */
export type PodHolder = keyof typeof POD_SPECS;

const POD_SPECS = {
  'Pod/v1': 'spec',
  Pod: 'spec',
  PodTemplate: 'template/spec',
  Deployment: 'spec/template/spec',
  ReplicaSet: 'spec/template/spec',
  DaemonSet: 'spec/template/spec',
  StatefulSet: 'spec/template/spec',
  ReplicationController: 'spec/template/spec',
  Job: 'spec/template/spec',
  CronJob: 'spec/jobTemplate/spec/template/spec',
} as const;

/** Fields below the pod's spec, for each of the kinds. */
export const inPods = (holders: readonly PodHolder[], paths: readonly string[]): readonly FieldSpec[] =>
  holders.flatMap((holder) => {
    const [kind = '', version] = holder.split('/');
    return paths.map((path) => ({
      path: `${POD_SPECS[holder]}/${path}`,
      kind,
      ...(version === undefined ? {} : { version }),
    }));
  });
