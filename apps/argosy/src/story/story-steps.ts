/**
 * The steps of the story: a commit travels to all of the traffic, and one with a mistake does not.
 */
import { Failure } from '@argosy/base';
import { APPLICATIONS } from '@argosy/cd';
import { ANALYSIS_RUNS, HASH_LABEL, ROLLOUTS, type AnalysisRun, type Rollout } from '@argosy/rollouts';
import { WORKFLOWS } from '@argosy/workflows';

import { CONTROL_NAMESPACE } from '../platform/cluster/control-namespace.ts';
import { factOf, short, SHOP_HOST, SHOP_NAMESPACE, waitFor, type StoryScene, type StoryStep } from './story-scene.ts';

/** A change of the shop's source and what must become of it. */
interface Act {
  readonly change: string;
  readonly message: string;
}

const GOOD: Act = { change: 'euros', message: 'Show prices in euros' };
const BAD: Act = { change: 'cache', message: 'Keep the price list in memory' };
const SHOP = { namespace: SHOP_NAMESPACE, name: 'shop' };
/** How long answers are counted before a split is told. */
const OBSERVED_MS = 1_500;

/** The steps, in order. */
export const storySteps = (): readonly StoryStep[] => [
  { id: 'open', title: 'the first version is open', tell: tellOpening },
  ...travel(GOOD),
  { id: 'euros-promoted', title: 'all of the traffic', tell: tellPromotion },
  ...travel(BAD),
  { id: 'cache-returned', title: 'the traffic is back', tell: tellReturn },
];

const travel = (act: Act): readonly StoryStep[] => [
  { id: `${act.change}-push`, title: 'push', tell: (scene) => tellPush(scene, act) },
  { id: `${act.change}-event`, title: 'event', tell: (scene) => tellEvent(scene, act) },
  { id: `${act.change}-workflow`, title: 'workflow', tell: (scene) => tellWorkflow(scene, act) },
  { id: `${act.change}-sync`, title: 'sync', tell: (scene) => tellSync(scene, act) },
  { id: `${act.change}-canary`, title: 'canary', tell: (scene) => tellCanary(scene, act) },
  { id: `${act.change}-analysis`, title: 'analysis', tell: (scene) => tellAnalysis(scene, act) },
];

const shop = (scene: StoryScene): Promise<Rollout> => scene.client.get(ROLLOUTS, SHOP);

const tellOpening = async (scene: StoryScene): Promise<string> => {
  const rollout = await waitFor(scene, 'the rollout shop to be Healthy', async () => {
    const found = await shop(scene).catch(() => undefined);
    return found?.status?.phase === 'Healthy' ? found : undefined;
  });
  await waitFor(scene, 'the shop to answer', async () => {
    const { requests, failed } = scene.requests.observe(scene.clock.now() - 300);
    return requests > 0 && failed === 0 ? true : undefined;
  });
  return `${rollout.spec?.replicas ?? 0} pods answer at ${scene.gatewayUrl} (Host: ${SHOP_HOST})`;
};

const tellPush = async (scene: StoryScene, act: Act): Promise<string> => {
  const commit = await scene.repositories.pushChange(act.change, act.message);
  scene.facts[`${act.change}-commit`] = commit;
  return `commit ${short(commit)} "${act.message}" pushed to shop.git`;
};

const tellEvent = async (scene: StoryScene, act: Act): Promise<string> => {
  const commit = factOf(scene, `${act.change}-commit`);
  const workflow = await waitFor(scene, `a workflow for commit ${short(commit)}`, async () => {
    const { items } = await scene.client.list(WORKFLOWS, { namespace: SHOP_NAMESPACE });
    return items.find(({ spec }) => spec?.arguments?.parameters?.some(({ value }) => value === commit));
  });
  scene.facts[`${act.change}-workflow`] = workflow.metadata.name ?? '';
  return `webhook → event source git → sensor shop → workflow ${workflow.metadata.name ?? ''}`;
};

const tellWorkflow = async (scene: StoryScene, act: Act): Promise<string> => {
  const name = factOf(scene, `${act.change}-workflow`);
  await waitFor(scene, `workflow ${name} to end`, async () => {
    const { status } = await scene.client.get(WORKFLOWS, { namespace: SHOP_NAMESPACE, name });
    if (status?.phase === 'Failed' || status?.phase === 'Error')
      throw new Failure(
        `workflow ${name} ended ${status.phase}: ${status.message ?? ''}; argosy logs -n shop ${name}`,
        {
          code: 'WorkflowFailed',
        },
      );
    return status?.phase === 'Succeeded' ? true : undefined;
  });
  const deployed = await scene.repositories.deployCommitOf(factOf(scene, `${act.change}-commit`));
  if (!deployed) throw new Failure(`workflow ${name} left no commit in deploy.git`, { code: 'NothingShipped' });
  scene.facts[`${act.change}-deploy`] = deployed;
  return `tests passed, commit ${short(deployed)} written to deploy.git`;
};

const tellSync = async (scene: StoryScene, act: Act): Promise<string> => {
  const deployed = factOf(scene, `${act.change}-deploy`);
  const version = short(factOf(scene, `${act.change}-commit`));
  await waitFor(scene, `application shop at ${short(deployed)}`, async () => {
    const { status } = await scene.client.get(APPLICATIONS, { namespace: CONTROL_NAMESPACE, name: 'shop' });
    if (status?.operationState?.phase === 'Failed' && status.operationState.syncResult?.revision === deployed)
      throw new Failure(`the sync to ${short(deployed)} failed: ${status.operationState.message ?? ''}`, {
        code: 'SyncFailed',
      });
    return status?.sync?.revision === deployed && status.sync.status === 'Synced' ? true : undefined;
  });
  const rollout = await waitFor(scene, `the rollout of version ${version}`, async () => {
    const found = await shop(scene);
    const isSeen = found.status?.observedGeneration === String(found.metadata.generation ?? 0);
    return isSeen && versionOf(found) === version ? found : undefined;
  });
  scene.facts[`${act.change}-hash`] = rollout.status?.currentPodHash ?? '';
  return `application shop synced to ${short(deployed)}, rollout revision ${rollout.metadata.annotations?.['rollout.argoproj.io/revision'] ?? ''}`;
};

const versionOf = (rollout: Rollout): string | undefined =>
  rollout.spec?.template?.spec.containers[0]?.env?.find(({ name }) => name === 'VERSION')?.value;

const tellCanary = async (scene: StoryScene, act: Act): Promise<string> => {
  const hash = factOf(scene, `${act.change}-hash`);
  const weight = await waitFor(scene, 'a share of the traffic for the canary', async () => {
    const { status } = await shop(scene);
    const isPast = status?.stableRS === hash || status?.abort === true;
    const current = status?.canary?.weights?.canary.weight ?? 0;
    return current > 0 ? current : isPast ? 0 : undefined;
  });
  if (weight === 0) return 'the canary had its share while nobody watched';
  const since = scene.clock.now();
  await waitFor(scene, 'customers', async () => (scene.clock.now() - since >= OBSERVED_MS ? true : undefined));
  const { requests, byVersion } = scene.requests.observe(since);
  const share = requests === 0 ? 0 : ((byVersion[short(factOf(scene, `${act.change}-commit`))] ?? 0) / requests) * 100;
  return `weight ${weight} %: ${share.toFixed(1)} % of ${requests} requests were answered by the new version`;
};

const tellAnalysis = async (scene: StoryScene, act: Act): Promise<string> => {
  const hash = factOf(scene, `${act.change}-hash`);
  const wanted = act === GOOD ? 'Successful' : 'Failed';
  const run = await waitFor(scene, 'the analysis to end', async () => {
    const { items } = await scene.client.list(ANALYSIS_RUNS, {
      namespace: SHOP_NAMESPACE,
      labelSelector: `${HASH_LABEL}=${hash}`,
    });
    return items.find(({ status }) => status?.completedAt !== undefined);
  });
  if (run.status?.phase !== wanted)
    throw new Failure(
      `analysis run ${run.metadata.name ?? ''} ended ${run.status?.phase ?? ''} instead of ${wanted}: ${run.status?.message ?? ''}`,
      {
        code: 'UnexpectedVerdict',
      },
    );
  return `${run.metadata.name ?? ''} ${run.status.phase}: success rate ${valuesOf(run)}`;
};

const valuesOf = (run: AnalysisRun): string =>
  (run.status?.metricResults ?? [])
    .flatMap(({ measurements }) => measurements ?? [])
    .map(({ value }) => readFirst(value))
    .join(', ');

const readFirst = (value: string | undefined): string => {
  const number = Number(/^\[([^,\]]+)/.exec(value ?? '')?.[1] ?? Number.NaN);
  return Number.isNaN(number) ? 'no answer' : `${(number * 100).toFixed(0)} %`;
};

const tellPromotion = async (scene: StoryScene): Promise<string> => {
  const hash = factOf(scene, 'euros-hash');
  await waitFor(scene, 'the promotion', async () => {
    const { status } = await shop(scene);
    if (status?.abort) throw new Failure(`the rollout was aborted: ${status.message ?? ''}`, { code: 'Aborted' });
    return status?.stableRS === hash ? true : undefined;
  });
  return tellTraffic(scene, short(factOf(scene, 'euros-commit')));
};

const tellReturn = async (scene: StoryScene): Promise<string> => {
  const rollout = await waitFor(scene, 'the abort', async () => {
    const found = await shop(scene);
    const { status } = found;
    return status?.abort && status.canary?.weights?.canary.weight === 0 && status.phase === 'Degraded'
      ? found
      : undefined;
  });
  const said = await tellTraffic(scene, short(factOf(scene, 'euros-commit')));
  return `${said}; the rollout is ${rollout.status?.phase ?? ''}, as its commit is still in Git`;
};

/** All answers of the last half second come from one version, and none failed. */
const tellTraffic = async (scene: StoryScene, version: string): Promise<string> => {
  const seen = await waitFor(scene, `every answer to come from version ${version}`, async () => {
    const observed = scene.requests.observe(scene.clock.now() - 500);
    const answered = observed.byVersion[version] ?? 0;
    return observed.requests >= 10 && observed.failed === 0 && answered === observed.requests ? observed : undefined;
  });
  return `version ${version} answers ${seen.requests} of ${seen.requests} requests`;
};
