/**
 * Runs a Lua script over data: a fresh state each time, no way to the machine, and budgets for steps and text. Pure.
 * @spec CD-HLTH-23, CD-HLTH-24, EV-SEN-11, EV-FLT-09
 * @deviates Lua 5.3 where gopher-lua is 5.1: a whole float glued to a text with `..` prints with `.0`; `tostring` does not.
 */
import { fail, messageOf, ok, type Instant, type Json, type Result } from '@argosy/base';
import { lauxlib, lua, to_jsstring, to_luastring, type Hook, type LuaState } from 'fengari';

import { openLibraries } from './lua-libraries.ts';
import { pushJson, readJson, type PushOptions } from './lua-values.ts';

/** Why a script gave nothing. */
export interface LuaFailure {
  readonly stage: 'compile' | 'run';
  readonly reason: 'syntax' | 'script' | 'budget' | 'value';
  /** With the line, e.g. `script:3: attempt to index a nil value`. */
  readonly message: string;
}

/** What a script gets and may spend. */
export interface LuaOptions extends PushOptions {
  /** Global variables. */
  readonly globals: Readonly<Record<string, Json>>;
  /** Answers `os.time()`; without it time is refused. */
  readonly now?: Instant;
  /** Steps of the machine; default 2,000,000: about a second, as upstream's limit is. */
  readonly steps?: number;
}

const DEFAULT_STEPS = 2_000_000;
/** Steps between looks at the budgets: few enough that a text cannot double far in between. */
const LOOK_EVERY = 10;
/** Longest text a script may hold, in bytes. */
const LONGEST_TEXT = 4 * 1024 * 1024;
const BUDGET = 'the script is over its budget';

/** Runs a script and gives what it returns; nil when it returns nothing. */
export const runLua = (source: string, options: LuaOptions): Result<Json, LuaFailure> => {
  const state = lauxlib.luaL_newstate();
  try {
    openLibraries(state, options.now);
    for (const [name, value] of Object.entries(options.globals)) {
      pushJson(state, value, options);
      lua.lua_setglobal(state, to_luastring(name));
    }
    const loaded = lauxlib.luaL_loadbuffer(state, to_luastring(source), null, to_luastring('=script'));
    if (loaded !== lua.LUA_OK) return fail({ stage: 'compile', reason: 'syntax', message: takeMessage(state) });
    lua.lua_sethook(state, budgetHook(options.steps ?? DEFAULT_STEPS), lua.LUA_MASKCOUNT, LOOK_EVERY);
    if (lua.lua_pcall(state, 0, 1, 0) !== lua.LUA_OK) {
      const message = takeMessage(state);
      return fail({ stage: 'run', reason: message.includes(BUDGET) ? 'budget' : 'script', message });
    }
    return ok(readJson(state, -1));
  } catch (thrown) {
    return fail({ stage: 'run', reason: 'value', message: messageOf(thrown) });
  } finally {
    lua.lua_close(state);
  }
};

/** Ends a script that runs too long or holds too long a text. From then on every step is an error: catching it does not help. */
const budgetHook = (steps: number): Hook => {
  let left = steps;
  const hook: Hook = (state) => {
    left -= LOOK_EVERY;
    if (left > 0 && !holdsLongText(state)) return;
    lua.lua_sethook(state, hook, lua.LUA_MASKCOUNT, 1);
    left = 0;
    lauxlib.luaL_error(state, to_luastring(BUDGET));
  };
  return hook;
};

const holdsLongText = (state: LuaState): boolean => {
  for (let index = lua.lua_gettop(state); index > 0; index -= 1)
    if (lua.lua_type(state, index) === lua.LUA_TSTRING && lua.lua_rawlen(state, index) > LONGEST_TEXT) return true;
  return false;
};

const takeMessage = (state: LuaState): string => {
  const bytes = lua.lua_tostring(state, -1);
  return bytes ? to_jsstring(bytes, undefined, undefined, true) : 'the script raised something that is no text';
};
