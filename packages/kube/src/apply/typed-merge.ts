/** Merging what is applied into what is live. @upstream structured-merge-diff typed/merge.go */
import type { StructuralSchema } from '../kinds/structural-schema.ts';
import { setMember, type MutableObject } from '../patches/data-properties.ts';
import { edgesOf, itemSchema, itemsOf, memberSchema, membersOf, shapeOfBoth } from './typed-value.ts';

/** The live value with everything applied on top; nothing is removed. Undefined means absent. */
export const mergeTyped = (schema: StructuralSchema, live: unknown, applied: unknown): unknown => {
  if (applied === undefined) return live;
  const shape = shapeOfBoth(schema, live, applied);
  if (shape === 'leaf') return applied;
  return shape === 'members' ? mergeMembers(schema, live, applied) : mergeItems(schema, live, applied);
};

const mergeMembers = (schema: StructuralSchema, live: unknown, applied: unknown): unknown => {
  const before = membersOf(live);
  const after = membersOf(applied);
  const merged: MutableObject = {};
  const mergeMember = (name: string, left: unknown, right: unknown): void => {
    const value = mergeTyped(memberSchema(schema, name), left, right);
    if (value !== undefined) setMember(merged, name, value);
  };
  for (const name of Object.keys(before))
    mergeMember(name, before[name], Object.hasOwn(after, name) ? after[name] : undefined);
  for (const name of Object.keys(after)) if (!Object.hasOwn(before, name)) mergeMember(name, undefined, after[name]);
  return merged;
};

/** Live order, except that items of both stand in the order applied; new items follow the one they were applied after. */
const mergeItems = (schema: StructuralSchema, live: unknown, applied: unknown): unknown => {
  const lefts = itemsOf(live);
  const rights = itemsOf(applied);
  const leftEdges = edgesOf(schema, lefts);
  const rightEdges = edgesOf(schema, rights);
  const isRight = new Set(rightEdges);
  const leftAt = new Map<string, unknown>();
  // Which of several live items with one key is meant cannot be said: they are replaced as one.
  for (const [index, edge] of leftEdges.entries()) leftAt.set(edge, leftAt.has(edge) ? undefined : lefts[index]);
  const shared = rightEdges.filter((edge) => leftAt.has(edge));
  const taken = new Set<string>();
  const merged: unknown[] = [];
  let left = 0;
  let right = 0;
  let passed = 0;
  const takeRight = (edge: string): void => {
    taken.add(edge);
    merged.push(mergeTyped(itemSchema(schema), leftAt.get(edge), rights[right]));
    right += 1;
    if (shared[passed] === edge) passed += 1;
  };
  while (left < lefts.length || right < rights.length) {
    const leftEdge = leftEdges[left];
    const rightEdge = rightEdges[right];
    if (leftEdge !== undefined && rightEdge !== undefined) {
      if (leftEdge === rightEdge) {
        takeRight(rightEdge);
        left += 1;
        continue;
      }
      if (isRight.has(leftEdge) && shared[passed] !== undefined && shared[passed] !== leftEdge) {
        left += 1;
        continue;
      }
    }
    if (leftEdge !== undefined && !isRight.has(leftEdge)) {
      merged.push(lefts[left]);
      left += 1;
      continue;
    }
    if (leftEdge !== undefined && taken.has(leftEdge)) left += 1;
    if (rightEdge !== undefined) takeRight(rightEdge);
  }
  return merged;
};
