/**
 * What is said around the story.
 */
import type { Platform } from '../platform/platform.ts';
import type { StoryOutcome } from './tell-story.ts';

/** The last words. */
export const describeOutcome = (outcome: StoryOutcome): readonly string[] => {
  switch (outcome.kind) {
    case 'told':
      return ['', `The story ended green in ${outcome.seconds.toFixed(1)} s.`];
    case 'already-told':
      return ['The story was told on this data folder; "argosy demo" tells it again.'];
    case 'cut-short':
      return ['The story was cut short; it goes on at the next start.'];
    case 'failed':
      return ['', `The story failed: ${outcome.message}`];
  }
};

/** How a user does the same. With a platform that stays the commands work as they are; else they are for `argosy up --story`. */
export const NEXT_COMMANDS = (
  platform: Pick<Platform, 'url' | 'kubeconfig' | 'gatewayUrl'> | undefined,
): readonly string[] => [
  '',
  platform ? 'Do the same by hand:' : 'Do the same by hand, on a platform that stays (argosy up --story):',
  `  git clone ${platform?.url ?? 'http://127.0.0.1:2746'}/git/shop.git && cd shop   # change server.mjs`,
  '  git commit -am "My change" && git push             # the webhook starts the rest',
  '  argosy list -n shop                                # the workflow that tests and ships',
  '  argosy app get shop                                # the commit on its way into the cluster',
  '  argosy rollout get shop -n shop -w                 # the canary; promote, abort and undo are beside it',
  `  curl -H 'Host: shop.localhost' ${platform?.gatewayUrl ?? 'http://127.0.0.1:2748'}   # what customers see`,
  `  KUBECONFIG=${platform?.kubeconfig ?? '.argosy/kubeconfig'} kubectl get rollouts,workflows,applications -A`,
];
