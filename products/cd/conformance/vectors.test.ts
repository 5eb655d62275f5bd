import { isEqual } from '@argosy/base';
import { parseKey, type KubeObject } from '@argosy/kube';

import { instanceNameOf, keyOfInstance } from '../src/application/tracking/instance-name.ts';
import { formatTrackingId, parseTrackingId } from '../src/application/tracking/tracking.ts';
import { trimHistory } from '../src/application/finish-operation.ts';
import { assessHealth } from '../src/health/assess-health.ts';
import { decideAutoSync, selfHealRemainingMs, type AutoSyncFacts } from '../src/sync/auto-sync.ts';
import { describeWaiting } from '../src/sync/decide-sync.ts';
import { kindRank, mirrorWaves, orderTasks, type OrderedTask } from '../src/sync/order-tasks.ts';
import { retryWaitMs } from '../src/sync/retry-backoff.ts';
import { hookTypesOf, isHook, isSkipped, syncWaveOf } from '../src/sync/sync-wave.ts';
import { judgeVectors, type Judge } from './judged-vectors.ts';

const anObject = (kind: string, annotations: Record<string, string>): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'n', annotations },
});
const NOW = Date.UTC(2026, 0, 1);

const JUDGES: Readonly<Record<string, Judge>> = {
  'cd-health-builtin': ({ in: { object }, out }) => {
    const found = assessHealth({ metadata: {}, ...object } as KubeObject);
    if (out.status === null) return found === undefined;
    return found?.status === out.status && (out.message === undefined || (found?.message ?? '') === out.message);
  },
  'cd-sync-wave': ({ in: given, out }) => syncWaveOf(anObject('Pod', given.annotations)) === out,
  'cd-hook-types': ({ in: given, out }) => {
    const object = anObject(given.kind, given.annotations);
    const sorted = (list: readonly string[]) => [...list].sort((left, right) => left.localeCompare(right));
    return (
      (out.hook === undefined || isHook(object) === out.hook) &&
      (out.skip === undefined || isSkipped(object) === out.skip) &&
      (out.types === undefined || isEqual(sorted(hookTypesOf(object)), sorted(out.types)))
    );
  },
  'cd-sync-kind-order': ({ in: given, out }) => kindRank(given.kind) === out,
  'cd-sync-task-order': ({ in: given, out }) => {
    const tasks = given.tasks.map((task: OrderedTask & { readonly id: string }) => ({
      ...task,
      wave: task.wave ?? 0,
      name: task.name ?? '',
      namespace: task.namespace ?? '',
      apiVersion: task.apiVersion ?? 'v1',
    }));
    return isEqual(
      orderTasks<OrderedTask & { readonly id: string }>(tasks).map((task) => task.id),
      out,
    );
  },
  'cd-prune-waves': ({ in: given, out }) => {
    if (
      given.pruneLast ||
      out.waves === undefined ||
      given.objects.some((object: { pruneLast?: boolean }) => object.pruneLast)
    )
      return undefined;
    const mirrored = mirrorWaves(
      given.objects
        .filter((object: { target: boolean }) => !object.target)
        .map((object: { wave: number }) => object.wave),
    );
    return given.objects.every(
      (object: { name: string; wave: number; target: boolean }) =>
        out.waves[object.name] === (object.target ? object.wave : (mirrored.get(object.wave) ?? object.wave)),
    );
  },
  'cd-tracking-id-parse': ({ in: given, out }) => {
    const parsed = parseTrackingId(given.value);
    return out.error ? parsed === undefined : isEqual(parsed, out) && formatTrackingId(parsed!) === given.value;
  },
  'cd-instance-names': ({ in: given, out }) => {
    const control: string = given.defaultNamespace;
    const qualified = { namespace: control, ...parseKey(given.qualifiedName ?? '') };
    if (out.instanceName !== undefined)
      return instanceNameOf(given.qualifiedName === undefined ? given : qualified, control) === out.instanceName;
    return isEqual(given.instanceName === undefined ? qualified : keyOfInstance(given.instanceName, control), out);
  },
  'cd-history-trim': ({ in: given, out }) => isEqual(trimHistory(given.history, given.limit), out),
  'cd-retry-backoff': ({ in: given, out }) => {
    const waited = retryWaitMs(given.backoff === null ? undefined : { backoff: given.backoff }, given.retry);
    return out.error ? waited === undefined : waited === out.seconds * 1000;
  },
  'cd-sync-running-message': ({ in: given, out }) => describeWaiting(given.tasks, given.pendingDeletion) === out,
  'cd-self-heal-backoff': ({ in: given, out }) => {
    if (given.finishedAgo === null) return undefined;
    const remaining = selfHealRemainingMs(given.attempts, given.finishedAgo * 1000, {
      durationSeconds: given.duration,
      factor: given.factor,
      capSeconds: given.cap,
    });
    return remaining === out.remaining * 1000 && (remaining === 0) === out.selfHeal;
  },
  'cd-auto-sync': ({ in: given, out }) => {
    if (given.revisions !== undefined) return undefined;
    const facts: AutoSyncFacts = {
      automated: given.automated ?? undefined,
      isDeleting: given.deleting,
      syncStatus: given.sync,
      revision: given.revision,
      resources: given.resources,
      lastOperation: given.lastOperation && { phase: given.lastOperation.phase, operation: {} },
      lastRevision: given.lastOperation?.revision,
      now: NOW,
    };
    const verdict = decideAutoSync(facts);
    return (
      (verdict.kind === 'start') === out.start &&
      (out.prune === undefined || (verdict.kind === 'start' && verdict.prune === out.prune)) &&
      (out.condition === undefined || (verdict.kind === 'no' && verdict.condition !== undefined) === out.condition)
    );
  },
};

judgeVectors('vectors', JUDGES);
