/**
 * Addresses of registries and repositories.
 * @spec CD-APP-06, CD-HELM-16; vectors cd-helm-oci-repo
 */
import { Failure } from '@argosy/base';

import { shownUrl } from '../network/http-port.ts';

/** A repository of a registry. */
export interface OciRepository {
  /** Host and port. */
  readonly registry: string;
  /** Path without slashes at its ends. */
  readonly name: string;
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const OCI_SCHEME = 'oci://';
/** @spec OCI distribution: names of repositories */
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const REGISTRY = /^[a-zA-Z0-9.-]+(?::\d+)?$|^\[[0-9a-fA-F:]+\](?::\d+)?$/;
/** Docker Hub's registry has another host than its name. */
const DOCKER_HOSTS = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);

/** Whether the address of a chart repository means a registry: `oci://…`, or none of a scheme. */
export const isOciAddress = (url: string): boolean => url.startsWith(OCI_SCHEME) || !SCHEME.test(url);

/** Reads an address, with a chart below it. Throws Failure `InvalidURL`. */
export const parseOciRepository = (url: string, chart = ''): OciRepository => {
  const text = url.startsWith(OCI_SCHEME) ? url.slice(OCI_SCHEME.length) : url;
  const [registry = '', ...path] = text.replace(/\/+$/, '').split('/');
  const name = [...path, ...chart.split('/')].filter((part) => part !== '').join('/');
  if (SCHEME.test(text) || !REGISTRY.test(registry))
    throw new Failure(`${JSON.stringify(shownUrl(url))} is no address of a registry; use oci://host/path`, {
      code: 'InvalidURL',
    });
  if (!NAME.test(name))
    throw new Failure(
      `${JSON.stringify(`${registry}/${name}`)} is no repository of a registry; use lower case letters, digits and slashes`,
      { code: 'InvalidURL' },
    );
  return { registry: DOCKER_HOSTS.has(registry) ? 'registry-1.docker.io' : registry, name };
};

/** Tags may not hold the plus sign of versions: Helm writes an underscore instead. */
export const toTag = (version: string): string => version.replaceAll('+', '_');
export const fromTag = (tag: string): string => tag.replaceAll('_', '+');
