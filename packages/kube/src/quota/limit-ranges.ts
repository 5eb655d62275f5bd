/**
 * What a namespace's LimitRanges give to pods that say nothing, and what they refuse.
 * @upstream kubernetes plugin/pkg/admission/limitranger/admission.go
 */
import { compareQuantities, quantityToNumber } from '@argosy/base';

import type { LimitRange, LimitRangeItem } from '../core/policy-objects.ts';
import type { PersistentVolumeClaim, Quantities } from '../core/storage-objects.ts';
import type { Container, Pod } from '../core/workloads.ts';
import type { StringMap } from '../objects/object.ts';
import { formatAmount } from './amounts.ts';
import { podAmounts } from './pod-resources.ts';

/** The pod with the defaults for containers filled in. Pure; the same pod when there is nothing to fill in. */
export const withContainerDefaults = (pod: Pod, ranges: readonly LimitRange[]): Pod => {
  const items = itemsOf(ranges, 'Container');
  if (items.length === 0 || !pod.spec) return pod;
  const limits = Object.assign({}, ...items.map((item) => item.default ?? {})) as StringMap;
  const requests = Object.assign({}, ...items.map((item) => item.defaultRequest ?? {})) as StringMap;
  const fill = (container: Container): Container => {
    const given = container.resources ?? {};
    const resources = {
      ...given,
      ...withMembers('limits', { ...limits, ...given.limits }),
      // A container that says its limit asks for that much, not for the default.
      ...withMembers('requests', { ...requests, ...given.limits, ...given.requests }),
    };
    return { ...container, resources };
  };
  const { initContainers, containers } = pod.spec;
  return {
    ...pod,
    spec: {
      ...pod.spec,
      containers: containers.map(fill),
      ...(initContainers ? { initContainers: initContainers.map(fill) } : {}),
    },
  };
};

/** What the ranges refuse about a pod, in Kubernetes' words. Pure. */
export const podLimitRefusals = (pod: Pod, ranges: readonly LimitRange[]): readonly string[] => [
  ...itemsOf(ranges, 'Container').flatMap((item) =>
    [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])].flatMap((container) =>
      refusals(item, container.resources?.requests ?? {}, container.resources?.limits ?? {}),
    ),
  ),
  ...itemsOf(ranges, 'Pod').flatMap((item) => refusals(item, total(pod, 'requests'), total(pod, 'limits'))),
];

/** What the ranges refuse about a claim. Pure. */
export const claimLimitRefusals = (claim: PersistentVolumeClaim, ranges: readonly LimitRange[]): readonly string[] =>
  itemsOf(ranges, 'PersistentVolumeClaim').flatMap((item) => {
    const requests = claim.spec?.resources?.requests ?? {};
    return refusals(item, requests, requests);
  });

const itemsOf = (ranges: readonly LimitRange[], type: string): readonly LimitRangeItem[] =>
  ranges.flatMap((range) => (range.spec?.limits ?? []).filter((item) => item.type === type));

const withMembers = (name: string, members: StringMap): object =>
  Object.keys(members).length > 0 ? { [name]: members } : {};

const total = (pod: Pod, of: 'requests' | 'limits'): Quantities =>
  Object.fromEntries([...podAmounts(pod, of)].map(([name, amount]) => [name, formatAmount(name, amount)]));

const refusals = (item: LimitRangeItem, requests: Quantities, limits: Quantities): readonly string[] => [
  ...Object.entries(item.min ?? {}).flatMap(([name, min]) => {
    const request = requests[name];
    if (request === undefined) return [`minimum ${name} usage per ${item.type} is ${min}.  No request is specified`];
    return compareQuantities(request, min) < 0
      ? [`minimum ${name} usage per ${item.type} is ${min}, but request is ${request}`]
      : [];
  }),
  ...Object.entries(item.max ?? {}).flatMap(([name, max]) => {
    const limit = limits[name];
    if (limit === undefined) return [`maximum ${name} usage per ${item.type} is ${max}.  No limit is specified`];
    return compareQuantities(limit, max) > 0
      ? [`maximum ${name} usage per ${item.type} is ${max}, but limit is ${limit}`]
      : [];
  }),
  ...Object.entries(item.maxLimitRequestRatio ?? {}).flatMap(([name, ratio]) => {
    const [limit, request] = [limits[name], requests[name]];
    if (limit === undefined || request === undefined || compareQuantities(request, 0) <= 0) return [];
    const actual = Number(limitRatio(limit, request).toFixed(6));
    return actual > Number(ratio)
      ? [`${name} max limit to request ratio per ${item.type} is ${ratio}, but provided ratio is ${actual.toFixed(6)}`]
      : [];
  }),
];

const limitRatio = (limit: string | number, request: string | number): number => {
  const [upper, lower] = [toNumber(limit), toNumber(request)];
  return lower === 0 ? 0 : upper / lower;
};

const toNumber = (quantity: string | number): number => quantityToNumber(quantity) ?? 0;
