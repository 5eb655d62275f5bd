/**
 * Names of nodes and pods, the same as upstream computes and its clients recompute. @spec WF-NODE-01 … WF-NODE-04
 */
import { fnv1a32 } from '@argosy/base';

/** Kubernetes' longest name less a dash and ten digits. */
const LONGEST_POD_PREFIX = 253 - 11;

/** Id of a node: the workflow's name for the root, else `<workflow>-<FNV-1a of the node's full name>`. */
export const nodeIdOf = (workflow: string, nodeName: string): string =>
  nodeName === workflow ? workflow : `${workflow}-${fnv1a32(nodeName)}`;

/** Name of a node's pod in format v2: `<workflow>-<template>-<hash>`. */
export const podNameOf = (workflow: string, nodeName: string, template: string): string => {
  if (nodeName === workflow) return workflow;
  const prefix = template === '' ? workflow : `${workflow}-${template}`;
  return `${prefix.slice(0, LONGEST_POD_PREFIX)}-${fnv1a32(nodeName)}`;
};

/** What a person sees: the full name without that of the boundary. @spec WF-NODE-03 */
export const displayNameOf = (nodeName: string, boundaryName: string | undefined): string => {
  if (boundaryName === undefined || !nodeName.startsWith(boundaryName)) return nodeName;
  const rest = nodeName
    .slice(boundaryName.length)
    .replace(/^\[\d+\]\./, '')
    .replace(/^\./, '');
  return rest === '' ? nodeName : rest;
};
