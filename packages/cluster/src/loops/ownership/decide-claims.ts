/**
 * Which objects a controller takes for its own, and which it lets go, by its selector.
 * @upstream kubernetes pkg/controller/controller_ref_manager.go
 */
import { matchesRequirements, toRequirements, type KubeObject, type LabelSelector } from '@argosy/kube';

/** What a claim is decided from. */
export interface ClaimWorld<T extends KubeObject> {
  readonly selector: LabelSelector | undefined;
  /** Objects the owner controls. */
  readonly owned: readonly T[];
  /** Objects of its namespace that nobody controls. */
  readonly orphans: readonly T[];
}

/** Objects to become the owner's, and to be no longer. */
export interface Claims<T extends KubeObject> {
  readonly adopt: readonly T[];
  readonly release: readonly T[];
}

/** Decides. Pure; an owner that is being deleted claims nothing any more, and a selector that selects everything is none. */
export const decideClaims = <T extends KubeObject>(owner: KubeObject, world: ClaimWorld<T>): Claims<T> => {
  const requirements = toRequirements(world.selector ?? {});
  if (owner.metadata.deletionTimestamp || requirements.length === 0) return NOTHING;
  const matches = ({ metadata }: T): boolean => matchesRequirements(requirements, metadata.labels);
  return {
    adopt: world.orphans.filter((one) => !one.metadata.deletionTimestamp && matches(one)),
    release: world.owned.filter((one) => !matches(one)),
  };
};

const NOTHING = { adopt: [], release: [] } as const;
