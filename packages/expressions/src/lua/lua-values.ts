/**
 * Values between JSON and Lua.
 */
import type { Json } from '@argosy/base';
import { lua, to_jsstring, to_luastring, type LuaState } from 'fengari';

/** Nesting beyond this is refused: data of objects is never so deep. */
const DEEPEST = 200;

/** How lists are pushed: as they are, or as gopher-lua's converter of Argo Events has them (no nulls, no lists inside). */
export interface PushOptions {
  readonly lists?: 'whole' | 'flat';
}

/** Pushes a value. Throws a RangeError when it is nested too deeply. */
export const pushJson = (state: LuaState, value: Json | undefined, options: PushOptions = {}, depth = 0): void => {
  if (depth > DEEPEST) throw new RangeError(`the data is nested deeper than ${DEEPEST}`);
  lua.lua_checkstack(state, 8);
  if (value === null || value === undefined) return lua.lua_pushnil(state);
  switch (typeof value) {
    case 'boolean':
      return lua.lua_pushboolean(state, value);
    case 'number':
      return pushNumber(state, value);
    case 'string':
      return lua.lua_pushstring(state, to_luastring(value));
    default:
      return Array.isArray(value)
        ? pushList(state, value, { options, depth })
        : pushMap(state, value as Readonly<Record<string, Json>>, { options, depth });
  }
};

/** Numbers that are whole are integers, so that they print without a point, as in Lua 5.1. */
const pushNumber = (state: LuaState, value: number): void =>
  Number.isInteger(value) && Math.abs(value) < 2 ** 31
    ? lua.lua_pushinteger(state, value)
    : lua.lua_pushnumber(state, value);

interface Place {
  readonly options: PushOptions;
  readonly depth: number;
}

const pushList = (state: LuaState, list: readonly Json[], { options, depth }: Place): void => {
  const items = options.lists === 'flat' ? list.filter((item) => item !== null && !Array.isArray(item)) : list;
  lua.lua_createtable(state, items.length, 0);
  for (const [index, item] of items.entries()) {
    pushJson(state, item, options, depth + 1);
    lua.lua_seti(state, -2, index + 1);
  }
};

const pushMap = (state: LuaState, map: Readonly<Record<string, Json>>, { options, depth }: Place): void => {
  lua.lua_createtable(state, 0, Object.keys(map).length);
  for (const [key, item] of Object.entries(map)) {
    if (item === null) continue;
    pushJson(state, item, options, depth + 1);
    lua.lua_setfield(state, -2, to_luastring(key));
  }
};

/**
 * Reads a value. A table with something at 1 is a list, whatever names it has too; an empty one is a map unless its
 * metatable has `__is_array`. Functions and the like are refused. Throws a TypeError or RangeError with what is wrong.
 */
export const readJson = (state: LuaState, index: number, depth = 0): Json => {
  if (depth > DEEPEST) throw new RangeError(`the result is nested deeper than ${DEEPEST}, or contains itself`);
  switch (lua.lua_type(state, index)) {
    case lua.LUA_TNIL:
      return null;
    case lua.LUA_TBOOLEAN:
      return lua.lua_toboolean(state, index);
    case lua.LUA_TNUMBER:
      return lua.lua_tonumber(state, index);
    case lua.LUA_TSTRING:
      return readText(state, index);
    case lua.LUA_TTABLE:
      return readTable(state, lua.lua_absindex(state, index), depth);
    default:
      throw new TypeError('the result holds a function, which is no data');
  }
};

const readText = (state: LuaState, index: number): string => {
  const bytes = lua.lua_tostring(state, index);
  return bytes ? to_jsstring(bytes, undefined, undefined, true) : '';
};

const readTable = (state: LuaState, index: number, depth: number): Json => {
  lua.lua_checkstack(state, 8);
  const pairs: (readonly [string | number, Json])[] = [];
  lua.lua_pushnil(state);
  while (lua.lua_next(state, index) !== 0) {
    const key = readKey(state);
    pairs.push([key, readJson(state, -1, depth + 1)]);
    lua.lua_pop(state, 1);
  }
  const isList = pairs.length === 0 ? isMarkedList(state, index) : pairs.some(([key]) => key === 1);
  if (!isList) return Object.fromEntries(pairs.map(([key, value]) => [String(key), value] as const));
  return pairs
    .filter(([key]) => typeof key === 'number')
    .toSorted(([left], [right]) => Number(left) - Number(right))
    .map(([, value]) => value);
};

/** Without converting the key in place, which would confuse the walk. */
const readKey = (state: LuaState): string | number => {
  if (lua.lua_type(state, -2) === lua.LUA_TNUMBER) return lua.lua_tonumber(state, -2);
  if (lua.lua_type(state, -2) === lua.LUA_TSTRING) return readText(state, -2);
  throw new TypeError('a table of the result has a key that is neither text nor number');
};

const isMarkedList = (state: LuaState, index: number): boolean => {
  if (!lua.lua_getmetatable(state, index)) return false;
  lua.lua_getfield(state, -1, to_luastring('__is_array'));
  const isMarked = lua.lua_toboolean(state, -1);
  lua.lua_pop(state, 2);
  return isMarked;
};
