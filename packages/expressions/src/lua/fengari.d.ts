/** The part of fengari that is used; the package brings no types. */
declare module 'fengari' {
  /** Lua's strings: bytes. */
  type LuaString = Uint8Array;
  /** A state; opaque. */
  interface LuaState {
    readonly fengariState: never;
  }
  type LuaFunction = (state: LuaState) => number;
  type Hook = (state: LuaState, event: unknown) => void;

  interface Lua {
    readonly LUA_OK: number;
    readonly LUA_TNIL: number;
    readonly LUA_TBOOLEAN: number;
    readonly LUA_TNUMBER: number;
    readonly LUA_TSTRING: number;
    readonly LUA_TTABLE: number;
    readonly LUA_MASKCOUNT: number;
    lua_absindex(state: LuaState, index: number): number;
    lua_checkstack(state: LuaState, count: number): boolean;
    lua_close(state: LuaState): void;
    lua_createtable(state: LuaState, list: number, map: number): void;
    lua_getfield(state: LuaState, index: number, name: LuaString): number;
    lua_getglobal(state: LuaState, name: LuaString): number;
    lua_getmetatable(state: LuaState, index: number): boolean;
    lua_gettop(state: LuaState): number;
    lua_next(state: LuaState, index: number): number;
    lua_pcall(state: LuaState, arguments_: number, results: number, handler: number): number;
    lua_pop(state: LuaState, count: number): void;
    lua_pushboolean(state: LuaState, value: boolean): void;
    lua_pushcfunction(state: LuaState, call: LuaFunction): void;
    lua_pushinteger(state: LuaState, value: number): void;
    lua_pushnil(state: LuaState): void;
    lua_pushnumber(state: LuaState, value: number): void;
    lua_pushstring(state: LuaState, value: LuaString): void;
    lua_pushvalue(state: LuaState, index: number): void;
    lua_rawlen(state: LuaState, index: number): number;
    lua_seti(state: LuaState, index: number, at: number): void;
    lua_setfield(state: LuaState, index: number, name: LuaString): void;
    lua_setglobal(state: LuaState, name: LuaString): void;
    lua_sethook(state: LuaState, hook: Hook | null, mask: number, count: number): void;
    lua_toboolean(state: LuaState, index: number): boolean;
    lua_tonumber(state: LuaState, index: number): number;
    lua_isinteger(state: LuaState, index: number): boolean;
    lua_tostring(state: LuaState, index: number): LuaString | null;
    lua_type(state: LuaState, index: number): number;
  }
  interface Auxiliary {
    luaL_checkinteger(state: LuaState, index: number): number;
    luaL_checkstring(state: LuaState, index: number): LuaString;
    luaL_error(state: LuaState, message: LuaString): number;
    luaL_loadbuffer(state: LuaState, source: LuaString, size: number | null, name: LuaString): number;
    luaL_newstate(): LuaState;
    luaL_requiref(state: LuaState, name: LuaString, open: LuaFunction, global: boolean): void;
  }
  interface Libraries {
    luaopen_base(state: LuaState): number;
    luaopen_math(state: LuaState): number;
    luaopen_string(state: LuaState): number;
    luaopen_table(state: LuaState): number;
  }
  export const lua: Lua;
  export const lauxlib: Auxiliary;
  export const lualib: Libraries;
  export const to_luastring: (text: string, cache?: boolean) => LuaString;
  export const to_jsstring: (text: LuaString, from?: number, to?: number, replacement?: boolean) => string;
  export type { Hook, LuaFunction, LuaState, LuaString };
}
