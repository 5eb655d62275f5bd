/**
 * How far the story has come, in a ConfigMap: a platform that is killed in the middle goes on where it was.
 */
import { isObject } from '@argosy/base';
import type { Client } from '@argosy/client';
import { CONFIG_MAPS, isApiError, type ConfigMap } from '@argosy/kube';

import { CONTROL_NAMESPACE } from '../platform/cluster/control-namespace.ts';

/** Label of the ConfigMap; pages find the story by it. */
export const STORY_LABEL = 'argosy.dev/story';

/** A step that has been told, or is being told. Times are RFC 3339. */
export interface ToldStep {
  readonly id: string;
  readonly title: string;
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly detail?: string;
}

/** The story so far. */
export interface StoryState {
  readonly steps: readonly ToldStep[];
  /** What steps found out for later ones: commits, names, hashes. */
  readonly facts: Readonly<Record<string, string>>;
  readonly outcome?: 'green' | 'failed';
}

const KEY = { namespace: CONTROL_NAMESPACE, name: 'argosy-story' };
const EMPTY: StoryState = { steps: [], facts: {} };

/** Reads the story; empty when it was never begun. */
export const readStory = async (client: Client): Promise<StoryState> => {
  try {
    return parse((await client.get(CONFIG_MAPS, KEY)).data?.['story']);
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return EMPTY;
    throw thrown;
  }
};

/** Writes the story down; when it resolves, it survives the process. */
export const writeStory = async (client: Client, state: StoryState): Promise<void> => {
  const object: ConfigMap = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...KEY, labels: { [STORY_LABEL]: 'shop' } },
    data: { story: JSON.stringify(state) },
  };
  await client.patch(CONFIG_MAPS, KEY, { kind: 'apply', object, force: true }, { fieldManager: 'argosy-story' });
};

/** What somebody made unreadable is begun again. */
const parse = (text: string | undefined): StoryState => {
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    if (!isObject(parsed) || !Array.isArray(parsed['steps']) || !isObject(parsed['facts'])) return EMPTY;
    // Only `writeStory` writes this value.
    return parsed as unknown as StoryState;
  } catch {
    return EMPTY;
  }
};
