import { expect, it } from 'vitest';

import { createVirtualClock } from '@argosy/base';

import { createMeasurements } from './measurements.ts';

const backend = (service: string) => ({ namespace: 'a', service, route: 'web', podTemplateHash: 'h' });

it('counts by code and measures time, in the exposition and over time alike', async () => {
  const clock = createVirtualClock();
  const measurements = createMeasurements({ clock });
  measurements.record(backend('web'), 200, 0.02);
  measurements.record(backend('web'), 200, 3);
  measurements.record(backend('web'), 503, 0.001);
  clock.advance(1000);
  const { text } = await measurements.exposition();
  const exposed = text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^(\w+)\{(.*)\} (.+)$/.exec(line) ?? [];
    return name ? [`${name}{${labels.split(',').sort().join(',')}} ${value}`] : [];
  });
  const sampled = measurements.samples
    .select(() => true, clock.now() - 1000, clock.now())
    .map(({ labels: { __name__: name, ...labels }, samples }) => {
      const written = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
      return `${name}{${written.sort().join(',')}} ${samples.at(-1)?.value}`;
    });
  expect(sampled.sort()).toEqual(exposed.sort());
  expect(exposed).toHaveLength(16);
});

it('sums what comes beyond four hundred backends, until some are at rest', async () => {
  const clock = createVirtualClock();
  const measurements = createMeasurements({ clock });
  for (let index = 0; index < 405; index += 1) measurements.record(backend(`s${index}`), 200, 0);
  const { text } = await measurements.exposition();
  expect(text).toContain(
    'argosy_gateway_requests_total{namespace="",service="",route="",pod_template_hash="",code="200"} 5',
  );
  expect(text).not.toContain('s400');
  clock.advance(20 * 60_000);
  measurements.record(backend('s1'), 200, 0);
  measurements.record(backend('new'), 200, 0);
  // One that comes back begins anew, once.
  measurements.record(backend('s2'), 200, 0);
  const later = await measurements.exposition();
  const services = [...later.text.matchAll(/_requests_total\{.*service="(\w+)"/g)].map(([, service]) => service);
  expect(services).toEqual(['s1', 'new', 's2']);
  clock.advance(1000);
  expect(measurements.samples.select(({ service }) => service === 'new', 0, clock.now())).toHaveLength(15);
  expect(measurements.samples.select(({ service }) => service === 's2', 0, clock.now())).toHaveLength(15);
});
