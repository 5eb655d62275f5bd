/**
 * A stored object as a version of its kind shows it, where nobody need be asked.
 */
import { deepFreeze } from '@argosy/base';
import type { KubeObject } from '@argosy/kube';

import type { ServedKind } from '../../kinds/served-kind.ts';

/** An object as this version of its kind shows it; frozen. Kinds whose conversion is a webhook's are shown by `Conversions`. */
export const served = (kind: ServedKind, stored: KubeObject): KubeObject =>
  kind.strategy.fromStored ? deepFreeze(kind.strategy.fromStored(stored)) : stored;
