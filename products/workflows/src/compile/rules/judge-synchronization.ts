/**
 * Locks: named, and each once: a list that names one twice would wait for itself. @spec WF-SYNC-01, WF-SYNC-06
 */
import type { Synchronization } from '../../api/template-schema.ts';
import type { Finding } from './finding.ts';

/** Judges the locks of a workflow or a template; `field` is that of the owner. */
export const judgeSynchronization = (
  field: string,
  synchronization: Synchronization | undefined,
): readonly Finding[] => {
  const { mutexes = [], semaphores = [] } = synchronization ?? {};
  const locks = [
    ...mutexes.map(({ name = '', namespace = '' }, index) => ({
      at: `mutexes[${index}]`,
      isNamed: name !== '',
      key: `mutex ${namespace}/${name}`,
      remedy: 'name is required',
    })),
    ...semaphores.map(({ configMapKeyRef, namespace = '' }, index) => ({
      at: `semaphores[${index}]`,
      isNamed: (configMapKeyRef?.name ?? '') !== '' && (configMapKeyRef?.key ?? '') !== '',
      key: `semaphore ${namespace}/${configMapKeyRef?.name ?? ''}/${configMapKeyRef?.key ?? ''}`,
      remedy: 'configMapKeyRef needs a name and a key',
    })),
  ];
  const seen = new Set<string>();
  return locks.flatMap(({ at, isNamed, key, remedy }): readonly Finding[] => {
    const place = `${field}.synchronization.${at}`;
    if (!isNamed) return [{ rule: 'lock missing-name', field: place, message: remedy }];
    if (seen.has(key)) return [{ rule: 'lock duplicate', field: place, message: `${key} is named twice` }];
    seen.add(key);
    return [];
  });
};
