/** Defaults of the kinds that make pods. @upstream k8s.io/kubernetes/pkg/apis/{apps,batch}/v1/defaults.go */
import { isObject } from '@argosy/base';

import { defaultPersistentVolumeClaim } from './claim-defaults.ts';
import { fillIn, mapList, mapObject, objectAt, textAt, type Draft } from './draft.ts';
import { without } from './gated-fields.ts';
import { defaultTemplate } from './pod-defaults.ts';

const onSpec = (object: Draft, change: (spec: Draft) => Draft): Draft => mapObject(object, 'spec', change);

export const defaultDeployment = (deployment: Draft): Draft =>
  onSpec(deployment, (spec) =>
    mapObject(
      fillIn(defaultTemplate(spec), {
        replicas: 1,
        strategy: {},
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
      }),
      'strategy',
      (strategy) => defaultRolling(strategy, { maxUnavailable: '25%', maxSurge: '25%' }),
    ),
  );

export const defaultReplicaSet = (replicaSet: Draft): Draft =>
  onSpec(replicaSet, (spec) => fillIn(defaultTemplate(spec), { replicas: 1 }));

/** The template's labels are those of the controller and what it selects, where it names none itself. */
export const defaultReplicationController = (controller: Draft): Draft => {
  const complete = onSpec(controller, (spec) => fillIn(defaultTemplate(spec), { replicas: 1 }));
  const labels = objectAt(objectAt(objectAt(objectAt(complete, 'spec'), 'template'), 'metadata'), 'labels');
  if (Object.keys(labels).length === 0) return complete;
  const selecting = onSpec(complete, (spec) => withoutEmpty(spec, 'selector', labels));
  return mapObject(selecting, 'metadata', (metadata) => withoutEmpty(metadata, 'labels', labels));
};

const withoutEmpty = (draft: Draft, name: string, value: Draft): Draft =>
  Object.keys(objectAt(draft, name)).length > 0 ? draft : { ...draft, [name]: value };

export const defaultDaemonSet = (daemonSet: Draft): Draft =>
  onSpec(daemonSet, (spec) =>
    mapObject(
      fillIn(defaultTemplate(spec), { updateStrategy: {}, revisionHistoryLimit: 10 }),
      'updateStrategy',
      (strategy) => defaultRolling(strategy, { maxUnavailable: 1, maxSurge: 0 }),
    ),
  );

export const defaultStatefulSet = (statefulSet: Draft): Draft =>
  onSpec(statefulSet, (spec) => {
    const complete = fillIn(defaultTemplate(spec), {
      podManagementPolicy: 'OrderedReady',
      updateStrategy: {},
      replicas: 1,
      revisionHistoryLimit: 10,
      persistentVolumeClaimRetentionPolicy: {},
    });
    const withStrategy = mapObject(complete, 'updateStrategy', (strategy) =>
      defaultRolling(
        mapObject(strategy, 'rollingUpdate', (rolling) => without(rolling, ['maxUnavailable'])),
        { partition: 0 },
      ),
    );
    const withPolicy = mapObject(withStrategy, 'persistentVolumeClaimRetentionPolicy', (policy) =>
      fillIn(policy, { whenDeleted: 'Retain', whenScaled: 'Retain' }),
    );
    return mapList(withPolicy, 'volumeClaimTemplates', (claim) =>
      // Whatever its author calls it, it is a claim.
      withIdentity(defaultPersistentVolumeClaim(claim)),
    );
  });

const CLAIM = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

const withIdentity = (claim: Draft): Draft =>
  claim['apiVersion'] === CLAIM.apiVersion && claim['kind'] === CLAIM.kind ? claim : { ...claim, ...CLAIM };

const MOST_RETRIES = 2 ** 31 - 1;

export const defaultJob = (job: Draft): Draft => {
  const complete = onSpec(job, (spec) =>
    fillIn(defaultTemplate(spec), {
      ...(spec['parallelism'] === undefined && spec['completions'] === undefined ? { completions: 1 } : {}),
      parallelism: 1,
      backoffLimit: spec['backoffLimitPerIndex'] === undefined ? 6 : MOST_RETRIES,
      completionMode: 'NonIndexed',
      suspend: false,
      manualSelector: false,
      podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
    }),
  );
  const labels = objectAt(objectAt(objectAt(objectAt(job, 'spec'), 'template'), 'metadata'), 'labels');
  if (Object.keys(labels).length === 0) return complete;
  return mapObject(complete, 'metadata', (metadata) =>
    Object.keys(objectAt(metadata, 'labels')).length === 0 ? { ...metadata, labels } : metadata,
  );
};

export const defaultCronJob = (cronJob: Draft): Draft =>
  onSpec(cronJob, (spec) =>
    mapObject(
      fillIn(spec, {
        concurrencyPolicy: 'Allow',
        suspend: false,
        successfulJobsHistoryLimit: 3,
        failedJobsHistoryLimit: 1,
      }),
      'jobTemplate',
      (template) => onSpec(template, defaultTemplate),
    ),
  );

/** Fills in how to roll, unless another type says that there is nothing to roll. */
const defaultRolling = (strategy: Draft, rolling: Draft): Draft => {
  const typed = textAt(strategy, 'type') === '' ? { ...strategy, type: 'RollingUpdate' } : strategy;
  if (typed['type'] !== 'RollingUpdate') return typed;
  const given = typed['rollingUpdate'];
  if (given !== undefined && !isObject(given)) return typed;
  const complete = fillIn(given ?? {}, rolling);
  return complete === given ? typed : { ...typed, rollingUpdate: complete };
};
