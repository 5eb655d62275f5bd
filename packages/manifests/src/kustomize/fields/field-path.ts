/**
 * Dotted paths of replacements and vars: `spec.template.spec.containers.[name=web].env.0.value`.
 * @upstream sigs.k8s.io/kustomize/kyaml/yaml/fns.go#PathGetter, match.go#PathMatcher
 */
import { Failure } from '@argosy/base';
import { compileRegularExpression } from '@argosy/expressions';

import { parsePlain } from '../document/plain-scalar.ts';
import {
  isMap,
  isMissing,
  memberOf,
  setMember,
  textOf,
  type MapValue,
  type Value,
  type ValueKind,
} from '../document/value.ts';
import { itemSlot, memberSlot, type Slot } from './field-spec.ts';

/** The one value at a path; `undefined` when there is none. Throws Failure `InvalidField` for a path that cannot be. */
export const lookUp = (value: Value, path: readonly string[]): Value | undefined => {
  let current: Value | undefined = value;
  for (const part of path.map((name) => name.trim()).filter((name) => name !== '')) {
    if (current === undefined) return undefined;
    current = lookUpPart(current, part);
  }
  return current;
};

/**
 * The places a path leads to; `*` is every item, `[key=pattern]` those that match. With `creates`, what is missing is
 * made, the last part as that kind. Throws Failure `InvalidField`.
 */
export const matchPath = (slot: Slot, path: readonly string[], creates?: ValueKind): readonly Slot[] => {
  const [part, ...rest] = path;
  if (part === undefined) return [slot];
  const next = (found: Slot): readonly Slot[] => matchPath(found, rest, creates);
  const made = creates && kindBefore(rest[0], creates);
  if (INDEX.test(part)) return next(slotAtIndex(slot, Number(part), made));
  if (BRACKETS.test(part)) return matchItems(slot, part, made).flatMap(next);
  if (part === '*') return listOf(slot, part).flatMap((_, at, list) => next(itemSlot(list, at)));
  const found = slotAtName(slot, part, made);
  return found ? next(found) : [];
};

const INDEX = /^\d+$/;
const BRACKETS = /^\[.*\]$/;

const lookUpPart = (value: Value, part: string): Value | undefined => {
  if (part === '*') throw invalid(part, 'a wildcard cannot name one source');
  if (isMissing(value)) return undefined;
  const isListPart = INDEX.test(part) || part === '-' || BRACKETS.test(part);
  if (isListPart !== Array.isArray(value) || (!isListPart && !isMap(value)))
    throw invalid(part, `expected a ${isListPart ? 'list' : 'mapping'} there`);
  if (!Array.isArray(value)) return memberOf(value, part);
  if (part === '-') return value.at(-1);
  if (!BRACKETS.test(part)) return value[Number(part)];
  const { name, text } = splitBrackets(part);
  return value.find((item) => (name === '' ? textOf(item) === text : hasText(memberOf(item, name), text)));
};

const hasText = (value: Value | undefined, text: string): boolean => value !== undefined && textOf(value) === text;

const splitBrackets = (part: string): { readonly name: string; readonly text: string } => {
  const inner = part.slice(1, -1);
  const at = inner.indexOf('=');
  if (at < 0) throw invalid(part, 'brackets hold [name=value]');
  return { name: inner.slice(0, at), text: inner.slice(at + 1) };
};

/** What a part is to be so that the next one finds it. */
const kindBefore = (next: string | undefined, last: ValueKind): ValueKind => {
  if (next === undefined) return last;
  return BRACKETS.test(next) || INDEX.test(next) ? 'list' : 'map';
};

const slotAtName = (slot: Slot, name: string, made: ValueKind | undefined): Slot | undefined => {
  const value = slot.get();
  if (value === undefined || isMissing(value)) return undefined;
  if (!isMap(value)) throw invalid(name, 'expected a mapping there');
  if (memberOf(value, name) !== undefined) return memberSlot(value, name);
  return made && makeMember(value, name, made);
};

/** A scalar is only made when it is set, so that it can take the type of its text. */
const makeMember = (map: MapValue, name: string, made: ValueKind): Slot => {
  if (made !== 'scalar') setMember(map, name, made === 'list' ? [] : {});
  return memberSlot(map, name);
};

const slotAtIndex = (slot: Slot, at: number, made: ValueKind | undefined): Slot => {
  const list = listOf(slot, String(at));
  if (at === list.length && made && made !== 'scalar') list.push(made === 'list' ? [] : {});
  if (at >= list.length + (made ? 1 : 0))
    throw invalid(String(at), `index ${at} specified but only ${list.length} elements found`);
  return itemSlot(list, at);
};

const matchItems = (slot: Slot, part: string, made: ValueKind | undefined): readonly Slot[] => {
  const { name, text } = splitBrackets(part);
  const pattern = compileRegularExpression(text);
  if (!pattern.ok) throw invalid(part, pattern.error);
  const list = listOf(slot, part);
  const isMatch = (item: Value | undefined): boolean => {
    const value = name === '' ? item : memberOf(item, name);
    return value !== undefined && pattern.value.test(textOf(value));
  };
  if (made && !list.some(isMatch)) list.push(name === '' ? parsePlain(text) : { [name]: parsePlain(text) });
  return list.flatMap((item, at) => (isMatch(item) ? [itemSlot(list, at)] : []));
};

const listOf = (slot: Slot, part: string): Value[] => {
  const value = slot.get();
  if (Array.isArray(value)) return value;
  if (value === undefined || isMissing(value)) return [];
  throw invalid(part, 'expected a list there');
};

const invalid = (part: string, why: string): Failure =>
  new Failure(`field path part ${JSON.stringify(part)}: ${why}`, { code: 'InvalidField' });
