/**
 * Objects: layers of fields, the later over the earlier. `A + B` is the layers of both; a field is computed with `self`
 * the whole object and `super` the layers below its own.
 * @spec https://jsonnet.org/ref/spec.html#semantics
 */
import type { Place, Visibility } from '../syntax/ast.ts';
import { JsonnetProblem } from '../syntax/jsonnet-failure.ts';
import type { Machine } from './machine.ts';
import { problem, type Env, type Value } from './values.ts';

/** A field of a layer. */
export interface Field {
  readonly visibility: Visibility;
  readonly isAdding: boolean;
  readonly place: Place | undefined;
  /** Computes it for an object that has its layer at `level`. */
  readonly compute: (object: JsonnetObject, level: number) => Value;
}

/** One object literal, or one made by the library. */
export interface Layer {
  readonly fields: ReadonlyMap<string, Field>;
  /** Variables its fields see. */
  readonly environment: ((object: JsonnetObject, level: number) => Env) | undefined;
  readonly asserts: readonly ((env: Env) => void)[];
}

/** How `+:` adds; given, since objects are one of the things it adds. */
type Add = (left: Value, right: Value) => Value;

/** An object. */
export class JsonnetObject {
  readonly layers: readonly Layer[];
  readonly machine: Machine;
  private readonly add: Add;
  private readonly environments: (Env | undefined)[] = [];
  private readonly values = new Map<string, Value>();
  private readonly running = new Set<string>();
  private levels: Map<string, number> | undefined;
  private isChecked = false;

  constructor(machine: Machine, layers: readonly Layer[], add: Add) {
    this.machine = machine;
    this.layers = layers;
    this.add = add;
  }

  /** This object with another's layers on top. */
  extend(other: JsonnetObject): JsonnetObject {
    this.machine.spend(1 + (this.layers.length + other.layers.length) / 16);
    return new JsonnetObject(this.machine, [...this.layers, ...other.layers], this.add);
  }

  has(name: string): boolean {
    return this.levelOf(name) !== undefined;
  }

  hasBelow(name: string, below: number): boolean {
    return this.levelBelow(name, below) !== undefined;
  }

  /** A field's value. Throws when there is none, or an assertion fails. */
  get(name: string, place?: Place): Value {
    const level = this.levelOf(name);
    if (level === undefined) throw problem(`there is no field ${JSON.stringify(name)}${this.nearest(name)}`, place);
    this.check();
    return this.compute(name, level, name);
  }

  /** A field's value, as the layers below a level have it. */
  getBelow(name: string, below: number, place?: Place): Value {
    if (below === 0) throw problem('super: there is nothing below this object; add it to another', place);
    const level = this.levelBelow(name, below);
    if (level === undefined) throw problem(`there is no field ${JSON.stringify(name)} in super`, place);
    this.check();
    return this.compute(name, level, `${name}\0${level}`);
  }

  /** Names of fields, sorted as Go sorts; the hidden ones too, or not. */
  names(of: { readonly hidden: boolean }): readonly string[] {
    const names = [...this.levelsByName().keys()];
    return names.filter((name) => of.hidden || this.isVisible(name)).sort(compareNames);
  }

  isVisible(name: string): boolean {
    for (let level = this.layers.length - 1; level >= 0; level -= 1) {
      const field = this.layers[level]?.fields.get(name);
      if (field && field.visibility !== 'inherit') return field.visibility === 'forced';
    }
    return true;
  }

  /** Runs the assertions, once; while they run they see the object as if they held. */
  check(): void {
    if (this.isChecked) return;
    this.isChecked = true;
    for (const [level, layer] of this.layers.entries())
      for (const assert of layer.asserts) assert(this.environmentAt(level));
  }

  /** The variables of a layer's fields. */
  environmentAt(level: number): Env {
    const known = this.environments[level];
    if (known) return known;
    const made = this.layers[level]?.environment?.(this, level);
    if (!made) throw problem('this object has no variables');
    this.environments[level] = made;
    return made;
  }

  private compute(name: string, level: number, key: string): Value {
    const known = this.values.get(key);
    if (known !== undefined) return known;
    const field = this.layers[level]?.fields.get(name);
    if (!field) throw problem(`there is no field ${JSON.stringify(name)}`);
    if (this.running.has(key))
      throw new JsonnetProblem(
        'JsonnetBudget',
        `max stack frames exceeded: field ${JSON.stringify(name)} needs itself`,
      );
    this.running.add(key);
    this.machine.enter();
    try {
      const value = this.computeField(field, name, level);
      this.values.set(key, value);
      this.running.delete(key);
      this.machine.leave();
      return value;
    } catch (thrown) {
      if (thrown instanceof JsonnetProblem) thrown.through(`field ${JSON.stringify(name)}`, field.place);
      throw thrown;
    }
  }

  private computeField(field: Field, name: string, level: number): Value {
    if (!field.isAdding || !this.hasBelow(name, level)) return field.compute(this, level);
    return this.add(this.getBelow(name, level), field.compute(this, level));
  }

  private levelOf(name: string): number | undefined {
    if (this.layers.length > 2) return this.levelsByName().get(name);
    return this.levelBelow(name, this.layers.length);
  }

  private levelBelow(name: string, below: number): number | undefined {
    for (let level = below - 1; level >= 0; level -= 1) if (this.layers[level]?.fields.has(name)) return level;
    return undefined;
  }

  private levelsByName(): ReadonlyMap<string, number> {
    if (this.levels) return this.levels;
    this.levels = new Map();
    for (const [level, { fields }] of this.layers.entries()) {
      this.machine.spend(1 + fields.size / 16);
      for (const name of fields.keys()) this.levels.set(name, level);
    }
    return this.levels;
  }

  private nearest(name: string): string {
    const wanted = name.toLowerCase();
    const found = [...this.levelsByName().keys()].find(
      (known) => known.toLowerCase() === wanted || (wanted.length > 2 && known.toLowerCase().startsWith(wanted)),
    );
    return found === undefined ? '' : `; did you mean ${JSON.stringify(found)}?`;
  }
}

/** Go's order of texts: by code points. */
export const compareNames = (left: string, right: string): number => {
  const shortest = Math.min(left.length, right.length);
  for (let at = 0; at < shortest; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a === b) continue;
    // Surrogates stand for code points above all others.
    const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
    if (isHigh(a) !== isHigh(b)) return isHigh(a) ? 1 : -1;
    return a - b;
  }
  return left.length - right.length;
};
