/**
 * Tells the story on a running platform: prepares it, goes through the steps, prints each with its time, and writes
 * down how far it came. Called again, it goes on.
 */
import net from 'node:net';

import { Failure, messageOf, toMicroTimestamp, type Clock } from '@argosy/base';
import { isApiError, NAMESPACES, type KubeObject } from '@argosy/kube';
import { parseManifests } from '@argosy/manifests';

import type { Platform } from '../platform/platform.ts';
import { startRequests } from './request-generator.ts';
import { findShop, platformManifests } from './shop-files.ts';
import { openShopRepositories, type ShopRepositories } from './shop-repositories.ts';
import { SHOP_HOST, SHOP_NAMESPACE, type StoryScene } from './story-scene.ts';
import { readStory, writeStory, type StoryState, type ToldStep } from './story-state.ts';
import { storySteps } from './story-steps.ts';

/** What the story needs. */
export interface StoryDeps {
  readonly platform: Pick<Platform, 'client' | 'url' | 'gatewayUrl' | 'gitDirectory'>;
  readonly clock: Clock;
  /** Environment for git: what it needs and no more. */
  readonly env: Readonly<Record<string, string>>;
  /** Prints a line. */
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How the story ended: told now, told at an earlier start, cut short by the end of the platform, or failed. */
export type StoryOutcome =
  | { readonly kind: 'told'; readonly seconds: number }
  | { readonly kind: 'already-told' }
  | { readonly kind: 'cut-short' }
  | { readonly kind: 'failed'; readonly message: string };

/** Tells it. Never throws for what the world does: the outcome says it. */
export const tellStory = async (deps: StoryDeps): Promise<StoryOutcome> => {
  const { client } = deps.platform;
  const before = await readStory(client);
  if (before.outcome === 'green') return { kind: 'already-told' };
  const startedAt = deps.clock.now();
  if (before.steps.length > 0) deps.print('The story goes on where it was.');
  const generator = startRequests(deps.clock, { url: deps.platform.gatewayUrl, host: SHOP_HOST });
  try {
    const repositories = await prepare(deps);
    const scene: StoryScene = {
      client,
      repositories,
      clock: deps.clock,
      requests: generator,
      signal: deps.signal,
      gatewayUrl: deps.platform.gatewayUrl,
      facts: { ...(await readStory(client)).facts },
    };
    await tellSteps(deps, scene, { ...before, outcome: undefined });
    return { kind: 'told', seconds: (deps.clock.now() - startedAt) / 1000 };
  } catch (thrown) {
    if (deps.signal.aborted) return { kind: 'cut-short' };
    return { kind: 'failed', message: messageOf(thrown) };
  } finally {
    generator.stop();
  }
};

const tellSteps = async (deps: StoryDeps, scene: StoryScene, before: StoryState): Promise<void> => {
  const began = deps.clock.now();
  const told: ToldStep[] = before.steps.filter(({ finishedAt }) => finishedAt !== undefined).map((step) => step);
  for (const step of storySteps()) {
    if (told.some(({ id }) => id === step.id)) continue;
    const startedAt = deps.clock.now();
    const open = { id: step.id, title: step.title, startedAt: toMicroTimestamp(startedAt) };
    await writeStory(scene.client, { steps: [...told, open], facts: scene.facts });
    const detail = await step.tell(scene);
    const finishedAt = deps.clock.now();
    told.push({ ...open, detail, finishedAt: toMicroTimestamp(finishedAt) });
    await writeStory(scene.client, { steps: told, facts: scene.facts });
    deps.print(describeStep(step.title, detail, { at: finishedAt - began, took: finishedAt - startedAt }));
  }
  await writeStory(scene.client, { steps: told, facts: scene.facts, outcome: 'green' });
};

const describeStep = (title: string, detail: string, ms: { readonly at: number; readonly took: number }): string =>
  `  ${(ms.at / 1000).toFixed(1).padStart(5)} s  ${title.padEnd(26)} ${detail}  (${(ms.took / 1000).toFixed(1)} s)`;

/** Makes what the story needs; done again at each start, since addresses may have changed. */
const prepare = async (deps: StoryDeps): Promise<ShopRepositories> => {
  const { client, url, gitDirectory } = deps.platform;
  const gitUrl = `${url}/git`;
  const port = await webhookPort(deps);
  const shop = findShop();
  const repositories = openShopRepositories({ shop, directory: gitDirectory, url: gitUrl, env: deps.env });
  await repositories.prepare(`http://127.0.0.1:${port}/push`);
  await ensureNamespace(deps, SHOP_NAMESPACE);
  const resources = await client.servedResources();
  for (const { file, text } of platformManifests(shop, { GIT_URL: gitUrl, WEBHOOK_PORT: String(port) }))
    for (const object of parseManifests(text, file)) {
      const resource = resources.find(
        (one) => one.kind === object.kind && `${one.group}/${one.version}` === object.apiVersion,
      );
      if (!resource)
        throw new Failure(`${file}: the platform does not serve ${object.apiVersion} ${object.kind}`, {
          code: 'NotServed',
        });
      await client.patch(
        resource,
        keyFor(object),
        { kind: 'apply', object, force: true },
        { fieldManager: 'argosy-story' },
      );
    }
  return repositories;
};

const keyFor = ({ metadata }: KubeObject) => ({ namespace: metadata.namespace ?? '', name: metadata.name ?? '' });

const ensureNamespace = async (deps: StoryDeps, name: string): Promise<void> => {
  try {
    await deps.platform.client.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  } catch (thrown) {
    if (!isApiError(thrown, 'AlreadyExists')) throw thrown;
  }
};

/** The port of the webhook: the one of an earlier start, else a free one. */
const webhookPort = async (deps: StoryDeps): Promise<number> => {
  const state = await readStory(deps.platform.client);
  const known = state.facts['webhook-port'];
  if (known) return Number(known);
  const port = await freePort();
  await writeStory(deps.platform.client, { ...state, facts: { ...state.facts, 'webhook-port': String(port) } });
  return port;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
