/**
 * How loops that care for metadata alone address a resource.
 */
import type { ServedResource } from '@argosy/client';
import type { ResourceType } from '@argosy/kube';

/**
 * Only what addresses the resource, so that loops share one informer; objects of custom kinds as they are stored, so that
 * nobody need convert them: a dead webhook must not keep a namespace or what an owner left behind.
 */
export const asStored = ({
  group,
  version,
  resource,
  kind,
  namespaced,
  unconverted,
}: ServedResource): ResourceType => ({
  group,
  version: unconverted ?? version,
  resource,
  kind,
  namespaced,
});
