/**
 * What the steps of the story work with, and how they wait: each looks at objects until they are as they should be, so
 * that a step may be begun again at any moment.
 */
import { delay, Failure, type Clock } from '@argosy/base';
import type { Client } from '@argosy/client';

import type { RequestGenerator } from './request-generator.ts';
import type { ShopRepositories } from './shop-repositories.ts';

/** Namespace of the shop. */
export const SHOP_NAMESPACE = 'shop';
/** Host name of the shop behind the gateway. */
export const SHOP_HOST = 'shop.localhost';

/** The scene. */
export interface StoryScene {
  readonly client: Client;
  readonly clock: Clock;
  readonly repositories: ShopRepositories;
  readonly requests: RequestGenerator;
  readonly signal: AbortSignal;
  readonly gatewayUrl: string;
  /** Facts found so far; steps add theirs. */
  readonly facts: Record<string, string>;
}

/** A step: what it is called, and what to say when it is done. */
export interface StoryStep {
  readonly id: string;
  readonly title: string;
  /** Resolves with what to say. Throws Failure when the story cannot go on. */
  readonly tell: (scene: StoryScene) => Promise<string>;
}

const LOOK_EVERY_MS = 50;
/** Longest a step may take; a slow machine needs a few seconds. */
const PATIENCE_MS = 60_000;

/** Looks until `look` gives something. Throws Failure with `what` when patience ends, Aborted when the platform stops. */
export const waitFor = async <T>(
  scene: Pick<StoryScene, 'clock' | 'signal'>,
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> => {
  const end = scene.clock.now() + PATIENCE_MS;
  for (;;) {
    if (scene.signal.aborted)
      throw new Failure('the platform is stopping; the story goes on at the next start', { code: 'Aborted' });
    const found = await look();
    if (found !== undefined) return found;
    if (scene.clock.now() > end)
      throw new Failure(`waited ${PATIENCE_MS / 1000} s in vain for ${what}`, { code: 'Timeout' });
    await delay(scene.clock, LOOK_EVERY_MS, scene.signal);
  }
};

/** A fact an earlier step found. */
export const factOf = (scene: StoryScene, name: string): string => {
  const value = scene.facts[name];
  if (value === undefined)
    throw new Failure(`the story has lost ${name}: begin again with an empty data folder`, { code: 'LostFact' });
  return value;
};

/** First seven digits, as people write commits. */
export const short = (commit: string): string => commit.slice(0, 7);
