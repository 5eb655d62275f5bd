/** Fairness between the API server's callers. @spec https://kubernetes.io/docs/concepts/cluster-administration/flow-control/ */
import { resourceType, type KubeObject } from '../objects/object.ts';

export interface FlowSubject {
  readonly kind: string;
  readonly user?: { readonly name: string };
  readonly group?: { readonly name: string };
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface FlowRules {
  readonly subjects: readonly FlowSubject[];
  readonly resourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly apiGroups: readonly string[];
    readonly resources: readonly string[];
    readonly clusterScope?: boolean;
    readonly namespaces?: readonly string[];
  }[];
  readonly nonResourceRules?: readonly {
    readonly verbs: readonly string[];
    readonly nonResourceURLs: readonly string[];
  }[];
}

export interface FlowCondition {
  readonly type?: string;
  readonly status?: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export type FlowSchema = KubeObject<
  {
    readonly priorityLevelConfiguration: { readonly name: string };
    readonly matchingPrecedence?: number;
    readonly distinguisherMethod?: { readonly type: string };
    readonly rules?: readonly FlowRules[];
  },
  { readonly conditions?: readonly FlowCondition[] }
>;

export interface LimitedPriorityLevel {
  readonly nominalConcurrencyShares?: number;
  readonly lendablePercent?: number;
  readonly borrowingLimitPercent?: number;
  readonly limitResponse?: {
    readonly type: string;
    readonly queuing?: { readonly queues?: number; readonly handSize?: number; readonly queueLengthLimit?: number };
  };
}

export type PriorityLevelConfiguration = KubeObject<
  {
    readonly type: string;
    readonly limited?: LimitedPriorityLevel;
    readonly exempt?: { readonly nominalConcurrencyShares?: number; readonly lendablePercent?: number };
  },
  { readonly conditions?: readonly FlowCondition[] }
>;

const FLOW_CONTROL = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1', namespaced: false } as const;

export const FLOW_SCHEMAS = resourceType<FlowSchema>({
  ...FLOW_CONTROL,
  resource: 'flowschemas',
  kind: 'FlowSchema',
});
export const PRIORITY_LEVEL_CONFIGURATIONS = resourceType<PriorityLevelConfiguration>({
  ...FLOW_CONTROL,
  resource: 'prioritylevelconfigurations',
  kind: 'PriorityLevelConfiguration',
});
