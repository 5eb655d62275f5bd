/**
 * What is known of an application's sources once they were looked at.
 */
import type { KubeObject } from '@argosy/kube';

import type { SourceType } from '../../source/render-source.ts';

/** The source as it was last resolved. */
export type SourceState =
  | {
      readonly kind: 'ready';
      /** Empty for an application with a list of sources. */
      readonly revision: string;
      /** The tool that rendered it; empty for a list of sources. */
      readonly sourceType: SourceType | '';
      readonly objects: readonly KubeObject[];
      /** Of each source, for an application with a list of them. */
      readonly revisions?: readonly string[];
      readonly sourceTypes?: readonly string[];
      /** Objects that several sources or documents name, in a sentence. */
      readonly repeated?: string;
    }
  /** `message` says what was attempted and why it did not work. */
  | { readonly kind: 'failed'; readonly message: string; readonly condition?: 'ComparisonError' | 'InvalidSpecError' };

/** Sources that were rendered. */
export type ReadySource = Extract<SourceState, { kind: 'ready' }>;

/** A revision, or those of all sources. */
export const describeRevision = (of: { readonly revision: string; readonly revisions?: readonly string[] }): string =>
  of.revisions?.length ? of.revisions.join(', ') : of.revision;
