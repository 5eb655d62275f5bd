/**
 * What scripts may use: base, string, table, math, and time. Nothing that reaches the machine; what Lua 5.1 had and 5.3
 * has no more is given back, since scripts are written for gopher-lua. @spec CD-HLTH-23, EV-FLT-09
 */
import type { Instant } from '@argosy/base';
import { lauxlib, lua, lualib, to_jsstring, to_luastring, type LuaFunction, type LuaState } from 'fengari';

/** Longest text `string.rep` and `string.format` may make, in bytes. */
const LONGEST_TEXT = 4 * 1024 * 1024;

/** Opens the libraries. `now` answers `os.time()`; without it time is refused. */
export const openLibraries = (state: LuaState, now: Instant | undefined): void => {
  const libraries: readonly (readonly [string, LuaFunction])[] = [
    ['_G', (inner) => lualib.luaopen_base(inner)],
    ['string', (inner) => lualib.luaopen_string(inner)],
    ['table', (inner) => lualib.luaopen_table(inner)],
    ['math', (inner) => lualib.luaopen_math(inner)],
  ];
  for (const [name, open] of libraries) {
    lauxlib.luaL_requiref(state, to_luastring(name), open, true);
    lua.lua_pop(state, 1);
  }
  for (const name of REMOVED) {
    lua.lua_pushnil(state);
    lua.lua_setglobal(state, to_luastring(name));
  }
  setMember(state, 'math', 'random', refused('math.random'));
  setMember(state, 'math', 'randomseed', refused('math.randomseed'));
  boundRepetition(state);
  openTime(state, now);
  runPrelude(state);
};

/** They read files, run text, or print to the process. */
const REMOVED = ['dofile', 'loadfile', 'load', 'print', 'collectgarbage', 'require'];

/** Names of Lua 5.1, and numbers as it prints them. */
const PRELUDE = `
unpack = table.unpack
table.getn = function(t) return #t end
table.maxn = function(t) local n = 0 for k in pairs(t) do if type(k) == "number" and k > n then n = k end end return n end
math.pow = function(x, y) return x ^ y end
string.gfind = string.gmatch
local plain = tostring
tostring = function(v)
  if type(v) == "number" and math.type(v) == "float" and v == math.floor(v) and v > -1e15 and v < 1e15 then
    return string.format("%d", v)
  end
  return plain(v)
end
print = function() end
`;

const runPrelude = (state: LuaState): void => {
  if (
    lauxlib.luaL_loadbuffer(state, to_luastring(PRELUDE), null, to_luastring('prelude')) !== lua.LUA_OK ||
    lua.lua_pcall(state, 0, 0, 0) !== lua.LUA_OK
  )
    throw new Error('the prelude of Lua does not run');
};

/** `string.rep` is the one call that makes a large text in one step. */
const boundRepetition = (state: LuaState): void =>
  setMember(state, 'string', 'rep', (inner) => {
    const text = lauxlib.luaL_checkstring(inner, 1);
    const count = Math.max(0, lauxlib.luaL_checkinteger(inner, 2));
    if (text.length * count > LONGEST_TEXT)
      return lauxlib.luaL_error(inner, to_luastring('resulting string too large'));
    const repeated = new Uint8Array(text.length * count);
    for (let index = 0; index < count; index += 1) repeated.set(text, index * text.length);
    lua.lua_pushstring(inner, repeated);
    return 1;
  });

/** `os.time` and `os.date` in UTC; the rest of os is not there. */
const openTime = (state: LuaState, now: Instant | undefined): void => {
  lua.lua_createtable(state, 0, 2);
  lua.lua_setglobal(state, to_luastring('os'));
  if (now === undefined) {
    setMember(state, 'os', 'time', refused('os.time'));
    setMember(state, 'os', 'date', refused('os.date'));
    return;
  }
  setMember(state, 'os', 'time', (inner) => {
    const given = lua.lua_gettop(inner) > 0 && lua.lua_type(inner, 1) === lua.LUA_TTABLE ? readTime(inner) : undefined;
    lua.lua_pushinteger(inner, Math.floor((given ?? now) / 1000));
    return 1;
  });
  setMember(state, 'os', 'date', (inner) => {
    const format = lua.lua_gettop(inner) > 0 ? to_jsstring(lauxlib.luaL_checkstring(inner, 1)).replace(/^!/, '') : '%c';
    const at = lua.lua_gettop(inner) > 1 ? lauxlib.luaL_checkinteger(inner, 2) * 1000 : now;
    lua.lua_pushstring(inner, to_luastring(formatDate(format, at)));
    return 1;
  });
};

const readTime = (state: LuaState): Instant => {
  const part = (name: string, absent: number): number => {
    const kind = lua.lua_getfield(state, 1, to_luastring(name));
    const value = kind === lua.LUA_TNIL ? absent : lua.lua_tonumber(state, -1);
    lua.lua_pop(state, 1);
    return value;
  };
  return Date.UTC(
    part('year', 1970),
    part('month', 1) - 1,
    part('day', 1),
    part('hour', 12),
    part('min', 0),
    part('sec', 0),
  );
};

const two = (value: number): string => String(value).padStart(2, '0');

const formatDate = (format: string, at: Instant): string => {
  const date = new Date(at);
  const iso = date.toISOString();
  const parts: Readonly<Record<string, string>> = {
    Y: iso.slice(0, 4),
    m: iso.slice(5, 7),
    d: iso.slice(8, 10),
    H: two(date.getUTCHours()),
    M: two(date.getUTCMinutes()),
    S: two(date.getUTCSeconds()),
    c: iso,
    x: iso.slice(0, 10),
    X: iso.slice(11, 19),
    '%': '%',
  };
  return format.replaceAll(/%([A-Za-z%])/g, (whole, letter: string) => parts[letter] ?? whole);
};

const refused =
  (name: string): LuaFunction =>
  (state) =>
    lauxlib.luaL_error(state, to_luastring(`${name} is not available here`));

const setMember = (state: LuaState, table: string, name: string, call: LuaFunction): void => {
  lua.lua_getglobal(state, to_luastring(table));
  lua.lua_pushcfunction(state, call);
  lua.lua_setfield(state, -2, to_luastring(name));
  lua.lua_pop(state, 1);
};
