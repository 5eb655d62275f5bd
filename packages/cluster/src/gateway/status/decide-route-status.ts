/**
 * What an HTTPRoute's status says. Pure. @spec https://gateway-api.sigs.k8s.io/reference/spec/#routestatus
 */
import { isEqual, type Instant } from '@argosy/base';
import { withCondition, type Condition, type HTTPRoute, type RouteParentStatus } from '@argosy/kube';

import type { Attachment } from '../routes/attach-route.ts';
import { compileHttpRoute, countWorkingRules, referencesOf } from '../routes/compile-http-route.ts';
import { CONTROLLER_NAME } from './controller-name.ts';

/** A route and its world. */
export interface ObservedRoute {
  readonly route: HTTPRoute;
  readonly attachments: readonly Attachment[];
  readonly hasService: (key: { readonly namespace: string; readonly name: string }) => boolean;
  readonly now: Instant;
}

/** The complete next status. What other controllers say of their parents stays. */
export const decideRouteStatus = (observed: ObservedRoute): NonNullable<HTTPRoute['status']> => {
  const before = observed.route.status?.parents ?? [];
  const verdicts = [resolvedRefs(observed)];
  const foreign = before.filter((parent) => parent.controllerName !== CONTROLLER_NAME);
  const ours = observed.attachments.map((attachment): RouteParentStatus => {
    const known = before.find(
      (parent) => parent.controllerName === CONTROLLER_NAME && isEqual(parent.parentRef, attachment.parentRef),
    );
    const said = [...accepted(observed.route, attachment), ...verdicts];
    return {
      parentRef: attachment.parentRef,
      controllerName: CONTROLLER_NAME,
      conditions: toConditions(known?.conditions, said, observed),
    };
  });
  return { ...observed.route.status, parents: [...foreign, ...ours] };
};

type Verdict = Pick<Condition, 'type' | 'status'> & { readonly reason: string; readonly message: string };

const accepted = (route: HTTPRoute, attachment: Attachment): readonly Verdict[] => {
  const { reason, message } = attachment;
  if (!attachment.accepted) return [{ type: 'Accepted', status: 'False', reason, message }];
  const problems = compileHttpRoute(route, []).problems.join('; ');
  const { working, all } = countWorkingRules(route);
  if (problems === '') return [{ type: 'Accepted', status: 'True', reason, message }];
  if (working === 0) return [{ type: 'Accepted', status: 'False', reason: 'UnsupportedValue', message: problems }];
  return [
    { type: 'Accepted', status: 'True', reason, message: `${working} of ${all} rules are served` },
    { type: 'PartiallyInvalid', status: 'True', reason: 'UnsupportedValue', message: problems },
  ];
};

const resolvedRefs = ({ route, hasService }: ObservedRoute): Verdict => {
  for (const { field, target } of referencesOf(route)) {
    const broken = { type: 'ResolvedRefs', status: 'False' } as const;
    if ('problem' in target) return { ...broken, reason: target.reason, message: target.problem };
    if (!hasService(target)) {
      const message = `${field}: service ${target.namespace}/${target.name} does not exist`;
      return { ...broken, reason: 'BackendNotFound', message };
    }
  }
  const message = 'All references are resolved';
  return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message };
};

const toConditions = (
  before: readonly Condition[] | undefined,
  verdicts: readonly Verdict[],
  { route, now }: ObservedRoute,
): readonly Condition[] => {
  // What no longer applies goes, what stays keeps its transition time.
  const kept = (before ?? []).filter(({ type }) => verdicts.some((verdict) => verdict.type === type));
  const observedGeneration = route.metadata.generation;
  return verdicts.reduce<readonly Condition[]>(
    (conditions, verdict) => withCondition(conditions, { ...verdict, observedGeneration }, now),
    kept,
  );
};
