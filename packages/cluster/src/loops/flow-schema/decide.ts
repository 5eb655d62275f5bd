/**
 * Whether the priority level a flow schema names is there. Pure.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/util/flowcontrol/apf_controller.go#syncFlowSchemaStatus
 */
import type { FlowCondition, FlowSchema } from '@argosy/kube';

const DANGLING = 'Dangling';

/** The conditions a schema should have; `undefined` when it has them. `now` is a timestamp. */
export const decideConditions = (
  schema: FlowSchema,
  hasLevel: (name: string) => boolean,
  now: string,
): readonly FlowCondition[] | undefined => {
  const name = schema.spec?.priorityLevelConfiguration.name ?? '';
  const isThere = hasLevel(name);
  const known = schema.status?.conditions ?? [];
  const before = known.find(({ type }) => type === DANGLING);
  const said = isThere
    ? `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(name)} and it exists`
    : `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(name)} but there is no such object`;
  const wanted = {
    type: DANGLING,
    status: isThere ? 'False' : 'True',
    reason: isThere ? 'Found' : 'NotFound',
    message: said,
  };
  if (before && before.status === wanted.status && before.message === said) return undefined;
  const since = before?.status === wanted.status ? (before.lastTransitionTime ?? now) : now;
  return [...known.filter(({ type }) => type !== DANGLING), { ...wanted, lastTransitionTime: since }];
};
