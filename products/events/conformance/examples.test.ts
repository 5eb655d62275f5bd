import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { createSystemClock, createSystemRandom, silentLogger } from '@argosy/base';
import { createApiServer, createMemoryStore, type ApiServer } from '@argosy/cluster';
import { isApiError, type KubeObject } from '@argosy/kube';
import { parseManifests } from '@argosy/manifests';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { EVENT_BUSES, EVENT_KINDS, EVENT_SOURCES, SENSORS } from '../src/index.ts';
import { compileSensor, validateEventSource, type EventSource, type Sensor } from '../src/index.ts';

const EXAMPLES = fileURLToPath(new URL('../../../../shared/conformance/events/examples/', import.meta.url));
const filesIn = (folder: string): readonly string[] =>
  existsSync(EXAMPLES)
    ? readdirSync(`${EXAMPLES}${folder}`, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.ya?ml$/.test(file))
        .map((file) => `${folder}/${file}`)
        .sort()
    : [];
const RESOURCES = { EventSource: EVENT_SOURCES, Sensor: SENSORS, EventBus: EVENT_BUSES };

let server: ApiServer;
beforeAll(async () => {
  const ports = { clock: createSystemClock(), random: createSystemRandom(), log: silentLogger };
  server = await createApiServer({ store: createMemoryStore(), ...ports }, { kinds: EVENT_KINDS });
});
afterAll(() => server.close());

const validate = (object: KubeObject): readonly string[] => {
  if (object.kind === 'EventSource') return validateEventSource(object as EventSource).map(({ message }) => message);
  if (object.kind !== 'Sensor') return [];
  const compiled = compileSensor(object as Sensor);
  return compiled.ok ? [] : compiled.error.map(({ message }) => message);
};
/** What becomes of an object: accepted, refused by the API, or accepted with a condition that says what is wrong. */
const fateOf = async (object: KubeObject): Promise<string> => {
  const resource = RESOURCES[object.kind as keyof typeof RESOURCES];
  const placed = { ...object, metadata: { ...object.metadata, namespace: 'default' } };
  try {
    await server.client.create(resource as typeof SENSORS, placed as Sensor, { dryRun: true });
  } catch (thrown) {
    if (!isApiError(thrown, 'Invalid')) throw thrown;
    return `refused: ${(thrown.details?.causes ?? []).map(({ field }) => field).join(', ')}`;
  }
  const findings = validate(object);
  return findings.length > 0 ? `invalid: ${findings.join('; ')}` : 'accepted';
};

const files = ['event-sources', 'eventbus', 'sensors', 'tutorials'].flatMap(filesIn);

describe.skipIf(files.length === 0)('upstream examples (skipped where the conformance data is absent)', () => {
  it('accepts each, or refuses it by the name of a field', async () => {
    const fates: Record<string, string> = {};
    for (const file of files) {
      const objects = parseManifests(readFileSync(`${EXAMPLES}${file}`, 'utf8'), file) as readonly KubeObject[];
      const ours = objects.filter(({ kind }) => Object.hasOwn(RESOURCES, kind));
      if (ours.length > 0) fates[file] = (await Promise.all(ours.map(fateOf))).join(' | ');
    }
    const accepted = Object.values(fates).filter((fate) => fate === 'accepted').length;
    console.log(
      `examples: ${Object.keys(fates).length}, accepted ${accepted}, refused by field ${Object.keys(fates).length - accepted}`,
    );
    expect(fates).toMatchSnapshot();
  });
});
