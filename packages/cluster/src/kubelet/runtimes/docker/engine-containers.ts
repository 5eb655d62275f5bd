/**
 * What is asked of an engine about containers in more than one place.
 */
import type { ListedContainer } from './container-labels.ts';
import { isEngineStatus, type Engine } from './engine.ts';

/** How a container is, as the engine's inspection tells. */
export interface InspectedContainer {
  readonly Id: string;
  readonly State: {
    readonly Status?: string;
    readonly Running?: boolean;
    readonly ExitCode?: number;
    readonly OOMKilled?: boolean;
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
  };
  readonly Config: {
    readonly Tty?: boolean;
    readonly StopSignal?: string;
    readonly Labels?: Readonly<Record<string, string>>;
  };
  readonly Mounts?: readonly { readonly Source?: string; readonly Destination?: string }[];
}

/** Containers with all of these labels, running or not. */
export const listContainers = async (
  engine: Engine,
  labels: readonly string[],
): Promise<readonly ListedContainer[]> => {
  const filters = JSON.stringify({ label: labels });
  const found = await engine.call({ method: 'GET', path: '/containers/json', query: { all: true, filters } });
  return found as readonly ListedContainer[];
};

/** Inspects a container; `undefined` when it is gone. */
export const inspectContainer = async (engine: Engine, id: string): Promise<InspectedContainer | undefined> => {
  try {
    return (await engine.call({ method: 'GET', path: `/containers/${id}/json` })) as InspectedContainer;
  } catch (thrown) {
    if (isEngineStatus(thrown, 404)) return undefined;
    throw thrown;
  }
};

/** Sends a signal to a container's first process; one that has ended or is gone is fine. */
export const signalContainer = async (engine: Engine, id: string, signal: string): Promise<void> => {
  try {
    await engine.call({ method: 'POST', path: `/containers/${id}/kill`, query: { signal } });
  } catch (thrown) {
    if (!isEngineStatus(thrown, 404, 409)) throw thrown;
  }
};

/** Removes a container with its anonymous volumes, running or not; one that is gone is fine. */
export const removeContainer = async (engine: Engine, id: string): Promise<void> => {
  try {
    await engine.call({ method: 'DELETE', path: `/containers/${id}`, query: { force: true, v: true } });
  } catch (thrown) {
    // Conflict: the engine is removing it already.
    if (!isEngineStatus(thrown, 404, 409)) throw thrown;
  }
};

/** Creates a container; one that a crash left under the same name makes way. */
export const createAnew = async (engine: Engine, name: string, body: unknown): Promise<string> => {
  const create = async (): Promise<string> => {
    const made = await engine.call({ method: 'POST', path: '/containers/create', query: { name }, body });
    return (made as { readonly Id: string }).Id;
  };
  try {
    return await create();
  } catch (thrown) {
    if (!isEngineStatus(thrown, 409)) throw thrown;
    await removeContainer(engine, name);
    return create();
  }
};
