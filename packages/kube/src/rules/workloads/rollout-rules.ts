/**
 * Rules of how pods are replaced when their template changes.
 * @upstream k8s.io/kubernetes/pkg/apis/apps/validation/validation.go#ValidateDeploymentStrategy, #ValidateDaemonSetUpdateStrategy
 */
import { forbiddenField, invalidField, requiredField, type FieldError } from '../../objects/field-error.ts';
import { numberAt, objectAt, type Draft } from '../../builtin/defaults/draft.ts';
import { goStruct } from '../../messages/go-syntax.ts';
import { invalidAs, NOT_NEGATIVE, unsupportedAs } from '../findings.ts';
import { isNoShare, partFindings, shareFindings, wrongShare } from './share-rules.ts';

/** Deployments roll, and must get on, or recreate. */
export const deploymentStrategyFindings = (spec: Draft): readonly FieldError[] => {
  const strategy = objectAt(spec, 'strategy');
  const type = strategy['type'];
  const path = 'spec.strategy.rollingUpdate';
  if (type === undefined) return [];
  if (type !== 'Recreate' && type !== 'RollingUpdate')
    return [
      unsupportedAs('spec.strategy', goStruct('apps/v1.DeploymentStrategy', strategy, 'apps'), [
        'Recreate',
        'RollingUpdate',
      ]),
    ];
  if (type === 'Recreate')
    return strategy['rollingUpdate'] === undefined
      ? []
      : [forbiddenField(path, "may not be specified when strategy `type` is 'Recreate'")];
  const rolling = objectAt(strategy, 'rollingUpdate');
  const { maxUnavailable, maxSurge } = rolling;
  return [
    ...shareFindings(maxUnavailable, `${path}.maxUnavailable`),
    ...shareFindings(maxSurge, `${path}.maxSurge`),
    ...(isNoShare(maxUnavailable) && isNoShare(maxSurge) && maxUnavailable !== undefined
      ? [wrongShare(`${path}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')]
      : []),
    ...partFindings(maxUnavailable, `${path}.maxUnavailable`),
  ];
};

/** A daemon is replaced in its place or beside it, not both. */
export const daemonStrategyFindings = (spec: Draft): readonly FieldError[] => {
  const strategy = objectAt(spec, 'updateStrategy');
  const type = strategy['type'];
  if (type === undefined || type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [
      unsupportedAs('spec.updateStrategy', goStruct('apps/v1.DaemonSetUpdateStrategy', strategy, 'apps'), [
        'RollingUpdate',
        'OnDelete',
      ]),
    ];
  const path = 'spec.updateStrategy.rollingUpdate';
  const { maxUnavailable, maxSurge } = objectAt(strategy, 'rollingUpdate');
  const [inPlace, beside] = [!isNoShare(maxUnavailable), !isNoShare(maxSurge)];
  return [
    ...shareFindings(maxUnavailable, `${path}.maxUnavailable`),
    ...shareFindings(maxSurge, `${path}.maxSurge`),
    ...partFindings(maxUnavailable, `${path}.maxUnavailable`),
    ...partFindings(maxSurge, `${path}.maxSurge`),
    ...(inPlace && beside
      ? [wrongShare(`${path}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')]
      : []),
    ...(!inPlace && !beside && maxUnavailable !== undefined
      ? [requiredField(`${path}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')]
      : []),
  ];
};

/** Stateful pods are replaced from the last to the one at the partition, or when somebody deletes them. */
export const statefulStrategyFindings = (spec: Draft): readonly FieldError[] => {
  const path = 'spec.updateStrategy';
  const strategy = objectAt(spec, 'updateStrategy');
  const type = strategy['type'];
  const rolling = objectAt(strategy, 'rollingUpdate');
  if (type === undefined) return [];
  if (type !== 'RollingUpdate' && type !== 'OnDelete')
    return [
      invalidAs(
        path,
        goStruct('apps/v1.StatefulSetUpdateStrategy', strategy, 'apps'),
        "must be 'RollingUpdate' or 'OnDelete'",
      ),
    ];
  if (type === 'OnDelete')
    return strategy['rollingUpdate'] === undefined
      ? []
      : [invalidField(`${path}.rollingUpdate`, rolling, "only allowed for updateStrategy 'RollingUpdate'")];
  const partition = numberAt(rolling, 'partition') ?? 0;
  return partition < 0 ? [invalidField(`${path}.rollingUpdate.partition`, partition, NOT_NEGATIVE)] : [];
};
