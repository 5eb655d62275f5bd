/**
 * What a step of a build does: it changes the objects made so far.
 */
import type { Origin } from '../resources/origin.ts';
import type { ResourceList } from '../resources/resource-list.ts';

/** A step. Throws Failure naming what it could not do. */
export type Transform = (list: ResourceList) => void;

/** A step and where it is configured, when origins are kept. */
export interface Transformer {
  readonly transform: Transform;
  readonly origin: Origin | undefined;
}
