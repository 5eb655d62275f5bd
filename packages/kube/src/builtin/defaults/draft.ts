/** Reading and completing objects whose shape was not checked yet. */
import { isObject } from '@argosy/base';

import { mapItems, mapMembers, withMissing } from '../../schemas/rebuild.ts';

/** An object of a built-in kind as JSON; any member may be missing or of the wrong type. */
export type Draft = Readonly<Record<string, unknown>>;

/** Fills in members that are missing; shares the object when none is. */
export const fillIn = (draft: Draft, defaults: Draft): Draft => withMissing(draft, Object.entries(defaults));

/** Changes one member when it is an object; anything else is the schema's to refuse. */
export const mapObject = (draft: Draft, name: string, change: (part: Draft) => Draft): Draft =>
  mapMembers(draft, (part, member) => (member === name && isObject(part) ? change(part) : part));

/** Changes the objects of a list member. */
export const mapList = (draft: Draft, name: string, change: (item: Draft) => Draft): Draft =>
  mapMembers(draft, (part, member) =>
    member === name && Array.isArray(part)
      ? mapItems(part, (item: unknown) => (isObject(item) ? change(item) : item))
      : part,
  );

/** A member that is an object; otherwise an empty one. */
export const objectAt = (draft: Draft | undefined, name: string): Draft => {
  const part = draft?.[name];
  return isObject(part) ? part : {};
};

/** The objects of a list member, each with its index. */
export const itemsAt = (draft: Draft | undefined, name: string): readonly (readonly [number, Draft])[] => {
  const part = draft?.[name];
  return Array.isArray(part)
    ? [...(part as readonly unknown[]).entries()].flatMap(([index, item]) =>
        isObject(item) ? [[index, item] as const] : [],
      )
    : [];
};

/** A member that is a text; otherwise the empty one. */
export const textAt = (draft: Draft | undefined, name: string): string => {
  const part = draft?.[name];
  return typeof part === 'string' ? part : '';
};

/** A member that is a number. */
export const numberAt = (draft: Draft | undefined, name: string): number | undefined => {
  const part = draft?.[name];
  return typeof part === 'number' ? part : undefined;
};
