/**
 * What differs between engines.
 */
import type { Engine } from './engine.ts';

/** What an engine is. */
export interface EngineFacts {
  /** The engine's name of its processor, e.g. `amd64`. */
  readonly architecture: string;
  /** Whether containers of one network have one host name. Docker refuses to be told a second; Podman needs to be. */
  readonly sharesHostname: boolean;
}

/** Asks an engine once; a failure is not remembered. */
export const createEngineFacts = (engine: Engine): (() => Promise<EngineFacts>) => {
  let asked: Promise<EngineFacts> | undefined;
  return () => {
    asked ??= readFacts(engine).catch((thrown: unknown) => {
      asked = undefined;
      throw thrown;
    });
    return asked;
  };
};

const readFacts = async (engine: Engine): Promise<EngineFacts> => {
  const version = (await engine.call({ method: 'GET', path: '/version' })) as {
    readonly Arch?: string;
    readonly Components?: readonly { readonly Name?: string }[];
  };
  const isPodman = version.Components?.some(({ Name: name }) => name?.includes('Podman')) ?? false;
  return { architecture: version.Arch ?? '', sharesHostname: !isPodman };
};
