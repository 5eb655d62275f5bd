import { describe, expect, it } from 'vitest';

import type { Trigger } from '../api/trigger-schema.ts';
import { compileSensor } from './compile-sensor.ts';

const compile = (...triggers: Trigger[]) =>
  compileSensor({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Sensor',
    metadata: { name: 's' },
    spec: { dependencies: [{ name: 'a', eventSourceName: 'hook', eventName: 'a' }], triggers },
  });

describe('compileSensor', () => {
  it.each<readonly [string, Trigger]>([
    ['spec.triggers[0].template.name: must be given', { template: { log: {} } }],
    ['spec.triggers[0].template: one of k8s, argoWorkflow, http, log must be given', { template: { name: 't' } }],
    [
      'spec.triggers[0].template.k8s.source: one of resource, inline, configmap must be given',
      { template: { name: 't', k8s: {} } },
    ],
    [
      'spec.triggers[0].template.k8s.operation: "replace" is not one of create, update, patch, delete',
      { template: { name: 't', k8s: { source: { inline: '{}' }, operation: 'replace' } } },
    ],
    [
      'spec.triggers[0].template.argoWorkflow.operation: "" is not one of submit, submit-from, resubmit, suspend, stop, terminate',
      { template: { name: 't', argoWorkflow: { source: { inline: '{}' } } } },
    ],
    ['spec.triggers[0].template.http.url: must be given', { template: { name: 't', http: {} } }],
    [
      'spec.triggers[0].template.http.method: "HEAD" is not one of GET, POST, PUT, PATCH, DELETE',
      { template: { name: 't', http: { url: 'http://x', method: 'HEAD' } } },
    ],
    [
      'spec.triggers[0].template.conditions "b": "b" is not a dependency of the sensor',
      { template: { name: 't', log: {}, conditions: 'b' } },
    ],
    [
      'spec.triggers[0].template.conditionsReset[0].byTime.cron: end of range (99) above maximum (59): 99',
      { template: { name: 't', log: {}, conditionsReset: [{ byTime: { cron: '99 * * * *' } }] } },
    ],
    [
      'spec.triggers[0].parameters[0].dest: must be given',
      { template: { name: 't', log: {} }, parameters: [{ src: { dependencyName: 'a' } }] },
    ],
    [
      'spec.triggers[0].retryStrategy.duration: write a duration such as 10s',
      { template: { name: 't', log: {} }, retryStrategy: { duration: 'soon' } },
    ],
    [
      'spec.triggers[0].rateLimit.unit: "Day" is not one of Second, Minute, Hour',
      { template: { name: 't', log: {} }, rateLimit: { unit: 'Day' } },
    ],
    [
      'spec.triggers[0]: atLeastOnce must be true here and in dlqTrigger',
      { template: { name: 't', log: {} }, atLeastOnce: true, dlqTrigger: { template: { name: 'd', log: {} } } },
    ],
  ])('says %s', (message, trigger) => {
    const compiled = compile(trigger);
    expect(compiled.ok ? [] : compiled.error.map((finding) => finding.message)).toEqual([message]);
  });

  it('reads backoff and rate in every way they may be written', () => {
    const compiled = compile(
      { template: { name: 'one', log: {} } },
      {
        template: { name: 'two', log: {} },
        retryStrategy: { duration: 2_000_000_000, factor: '1.5', jitter: 0, steps: 3 },
      },
      { template: { name: 'three', log: {} }, retryStrategy: {}, rateLimit: { unit: 'Minute', requestsPerUnit: 30 } },
    );
    expect(compiled.ok && compiled.value.triggers.map(({ retry, intervalMs }) => ({ ...retry, intervalMs }))).toEqual([
      { attempts: 1, durationMs: 0, factor: 1, jitter: 0, intervalMs: 0 },
      { attempts: 3, durationMs: 2000, factor: 1.5, jitter: 0, intervalMs: 0 },
      { attempts: 5, durationMs: 1000, factor: 1, jitter: 1, intervalMs: 2000 },
    ]);
  });
});
