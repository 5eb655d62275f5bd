/**
 * componentstatuses: made anew for each question, and kept nowhere.
 */
import { ApiStatusError } from '@argosy/kube';

import { selectionOf } from '../../reads/selection.ts';
import { listAnswer } from './list-watch-requests.ts';
import { one } from '../answers/object-answers.ts';
import { checkListOptions, isAffirmed } from '../request-options.ts';
import { listOptions, notAllowed, type Call, type ResourceAnswer } from '../resource-call.ts';

/** Storage name of the kind. */
export const COMPONENT_STATUSES = '/componentstatuses';

/** Answers get and list. Throws MethodNotAllowed, InternalError for a part that there is not. */
export const answerComponents = (call: Call): ResourceAnswer => {
  const { context, kind, request } = call;
  if (request.method !== 'GET' || request.path.subresource !== undefined) throw notAllowed();
  const statuses = context.components.statuses();
  const { name } = request.path;
  if (name !== undefined) {
    const found = statuses.find(({ metadata }) => metadata.name === name);
    if (found) return one(call, 200, found);
    // Clients know it as that: upstream does not tell what is not there from what went wrong.
    throw new ApiStatusError('InternalError', `Component not found: ${name}`);
  }
  if (isAffirmed(request.query.get('watch')))
    throw new ApiStatusError(
      'MethodNotAllowed',
      `watch is not supported on resources of kind ${JSON.stringify(kind.plural)}`,
      { kind: kind.plural },
    );
  checkListOptions(request.query);
  const selection = selectionOf(kind, listOptions(call));
  const items = selection ? statuses.filter(selection) : statuses;
  return listAnswer(call, { apiVersion: 'v1', kind: kind.listKind, metadata: {}, items });
};
