/**
 * What some built-in kinds do differently from the generic verbs, one file a kind or a family of kinds.
 */
import type { KindStrategy } from '../served-kind.ts';
import { certificateRequests } from './certificate-requests.ts';
import { daemonSets } from './daemon-sets.ts';
import { customResourceDefinitions } from './definitions.ts';
import { jobs } from './jobs.ts';
import { namespaces } from './namespaces.ts';
import { pods } from './pods.ts';
import { events, nodes, replicationControllers } from './selectable-kinds.ts';
import { secrets } from './secrets.ts';
import { services } from './services.ts';
import { persistentVolumeClaims, persistentVolumes } from './volumes.ts';

/** Strategies by storage name; a kind without one has only the generic behaviour. */
export const BUILTIN_STRATEGIES: Readonly<Record<string, KindStrategy>> = {
  '/namespaces': namespaces,
  '/nodes': nodes,
  '/pods': pods,
  '/replicationcontrollers': replicationControllers,
  '/services': services,
  '/secrets': secrets,
  '/persistentvolumeclaims': persistentVolumeClaims,
  '/persistentvolumes': persistentVolumes,
  '/events': events,
  'apps/daemonsets': daemonSets,
  'batch/jobs': jobs,
  'certificates.k8s.io/certificatesigningrequests': certificateRequests,
  'apiextensions.k8s.io/customresourcedefinitions': customResourceDefinitions,
};
