/**
 * The projects of the control namespace, and what they say of applications.
 * @spec CD-PROJ-01, CD-PROJ-23, CD-PROJ-25, CD-HELM-12
 */
import type { InformerSet } from '@argosy/client';

import { APP_PROJECTS, type AppProjectSpec } from '../api/app-project.ts';
import { IN_CLUSTER_NAME, IN_CLUSTER_SERVER, type Application } from '../api/application.ts';
import { sourcesOf } from '../api/application-source.ts';
import {
  permitsDestination,
  permitsResource,
  permitsSource,
  permitsSourceNamespace,
  type JudgedResource,
} from './permit.ts';

/** Judges by projects. */
export interface Projects {
  readonly synced: Promise<unknown>;
  /** Why an application may not be what it says, in sentences; none when it may. */
  judge(application: Application): readonly string[];
  /** Whether applications of a project may read an address. */
  permitsSource(project: string, url: string): boolean;
  /** Why an application may not write an object; `undefined` when it may. */
  refuse(application: Application, resource: JudgedResource & { readonly namespace: string }): string | undefined;
  /** Calls back when a project changed. */
  onChange(handler: () => void): void;
}

/** Where projects are, and whether the cluster knows the kind. */
export interface ProjectsOptions {
  readonly controlNamespace: string;
  readonly isServed: boolean;
  /** Whether a repository is registered for this project alone, which permits it (CD-PROJ-23). */
  readonly isOwnRepository: (url: string, project: string) => boolean;
}

/** The project of whoever names none, until somebody writes one of that name. */
const DEFAULT_PROJECT = 'default';
const EVERYTHING: AppProjectSpec = {
  sourceRepos: ['*'],
  destinations: [{ server: '*', namespace: '*' }],
  sourceNamespaces: ['*'],
  clusterResourceWhitelist: [{ group: '*', kind: '*' }],
};

/** Creates the judge. */
export const createProjects = (informers: InformerSet, options: ProjectsOptions): Projects => {
  const { controlNamespace: namespace, isServed, isOwnRepository } = options;
  const projects = isServed ? informers.of({ resource: APP_PROJECTS, namespace }) : undefined;

  const find = (name: string): AppProjectSpec | undefined => {
    const found = projects?.get({ namespace, name });
    if (found) return found.spec ?? {};
    return name === DEFAULT_PROJECT || !isServed ? EVERYTHING : undefined;
  };
  const mayRead = (project: string, url: string): boolean => {
    const spec = find(project);
    if (!spec) return false;
    // What the project brings along is one more that is allowed; what it denies stays denied.
    const own = isOwnRepository(url, project) ? [url] : [];
    return permitsSource({ sourceRepos: [...(spec.sourceRepos ?? []), ...own] }, url);
  };
  return {
    synced: projects?.synced ?? Promise.resolve(),
    judge: (application) => {
      const name = projectOf(application);
      const spec = find(name);
      if (!spec)
        return [
          `spec.project: there is no project ${JSON.stringify(name)} in ${namespace}; create it, or name another`,
        ];
      return refusalsOf(application, spec, { namespace, mayRead: (url) => mayRead(name, url) });
    },
    permitsSource: mayRead,
    refuse: (application, resource) => {
      const name = projectOf(application);
      const spec = find(name) ?? {};
      if (!permitsResource(spec, resource))
        return `Resource ${resource.group}:${resource.kind} is not permitted in project ${name}.`;
      const place = { ...destinationOf(application), namespace: resource.namespace };
      return resource.isNamespaced && !permitsDestination(spec, place)
        ? `namespace ${resource.namespace} is not permitted in project '${name}'`
        : undefined;
    },
    onChange: (handler) => void projects?.onChange(handler),
  };
};

const refusalsOf = (
  application: Application,
  spec: AppProjectSpec,
  of: { readonly namespace: string; readonly mayRead: (url: string) => boolean },
): readonly string[] => {
  const name = projectOf(application);
  const destination = destinationOf(application);
  const isFromPermitted = permitsSourceNamespace(spec, application.metadata.namespace ?? '', of.namespace);
  return [
    ...(isFromPermitted
      ? []
      : [`spec.project: application namespace is not permitted in project '${name}'; add it to its sourceNamespaces`]),
    ...sourcesOf(application.spec)
      .filter(({ repoURL }) => !of.mayRead(repoURL))
      .map(({ repoURL }) => `application repo ${repoURL} is not permitted in project '${name}'`),
    ...(permitsDestination(spec, destination)
      ? []
      : [
          `application destination server '${IN_CLUSTER_SERVER}' and namespace '${destination.namespace}' do not match any of the allowed destinations in project '${name}'`,
        ]),
  ];
};

const projectOf = ({ spec }: Application): string => spec?.project || DEFAULT_PROJECT;

const destinationOf = ({
  spec,
}: Application): { readonly server: string; readonly name: string; readonly namespace: string } => ({
  server: IN_CLUSTER_SERVER,
  name: IN_CLUSTER_NAME,
  namespace: spec?.destination.namespace ?? '',
});
