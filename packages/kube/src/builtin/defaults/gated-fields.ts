/**
 * Fields behind feature gates that are off: kube-apiserver loses them without a word, and so does this server where nobody
 * here acts on them. Deviates: `hostUsers`, `procMount`, claims to devices and volumes of images are kept, so that who runs
 * the pod can say that it cannot; without a word a container would get less than it asked for.
 * @upstream k8s.io/kubernetes/pkg/features/kube_features.go at 1.32, pkg/api/pod/util.go#DropDisabledPodFields
 */
import { mapList, mapObject, objectAt, textAt, type Draft } from './draft.ts';

/** Leaves out members; shares the object when it has none of them. */
export const without = (draft: Draft, names: readonly string[]): Draft =>
  names.some((name) => draft[name] !== undefined)
    ? Object.fromEntries(Object.entries(draft).filter(([name]) => !names.includes(name)))
    : draft;

/** A pod's spec without fields behind gates. */
export const withoutGatedPodFields = (spec: Draft): Draft => {
  const pod = mapObject(without(spec, ['resources']), 'securityContext', (context) =>
    without(context, ['supplementalGroupsPolicy', 'seLinuxChangePolicy']),
  );
  const containers = ['initContainers', 'containers'].reduce(
    (draft, list) => mapList(draft, list, (container) => without(container, ['resizePolicy'])),
    pod,
  );
  return mapList(containers, 'volumes', (volume) =>
    mapObject(volume, 'projected', (projected) =>
      mapList(projected, 'sources', (source) => without(source, ['clusterTrustBundle'])),
    ),
  );
};

const SNAPSHOTS = 'snapshot.storage.k8s.io';

/** A claim's spec without fields behind gates, and without sources that nobody may name in the older way. */
export const withoutGatedClaimFields = (spec: Draft): Draft => {
  const claim = without(spec, ['volumeAttributesClassName']);
  const isElsewhere = textAt(objectAt(claim, 'dataSourceRef'), 'namespace') !== '';
  const local = isElsewhere ? without(claim, ['dataSourceRef']) : claim;
  const source = objectAt(local, 'dataSource');
  const isKnown =
    source['kind'] === 'PersistentVolumeClaim' && textAt(source, 'apiGroup') === ''
      ? true
      : source['kind'] === 'VolumeSnapshot' && source['apiGroup'] === SNAPSHOTS;
  return isKnown || local['dataSourceRef'] !== undefined ? local : without(local, ['dataSource']);
};
