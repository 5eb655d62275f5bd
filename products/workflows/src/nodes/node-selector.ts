/**
 * Selecting nodes by their fields: `displayName=approve,templateName!=x`. @spec WF-SUSP-08
 */
import type { NodeStatus } from '../api/kinds.ts';
import { toAnyText } from '../compile/any-string.ts';

/** Compiles a selector; an empty one selects every node. A field nobody knows is empty. */
export const nodeSelector = (selector: string): ((node: Partial<NodeStatus>) => boolean) => {
  const terms = selector
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term) => {
      const match = /^\s*([^=!]+?)\s*(==|=|!=)\s*(.*?)\s*$/.exec(term);
      return { field: match?.[1] ?? term, isEqual: match?.[2] !== '!=', value: match?.[3] ?? '' };
    });
  return (node) => terms.every(({ field, isEqual, value }) => (fieldOf(node, field) === value) === isEqual);
};

const fieldOf = (node: Partial<NodeStatus>, field: string): string | undefined => {
  const parameter = /^inputs\.parameters\.(.+)\.value$/.exec(field)?.[1];
  if (parameter !== undefined) return toAnyText(node.inputs?.parameters?.find((one) => one.name === parameter)?.value);
  switch (field) {
    case 'displayName':
      return node.displayName ?? '';
    case 'templateName':
      return node.templateName ?? '';
    case 'phase':
      return node.phase ?? '';
    case 'name':
      return node.name ?? '';
    case 'id':
      return node.id ?? '';
    case 'templateRef.name':
      return node.templateRef?.name ?? '';
    case 'templateRef.template':
      return node.templateRef?.template ?? '';
    default:
      return undefined;
  }
};
