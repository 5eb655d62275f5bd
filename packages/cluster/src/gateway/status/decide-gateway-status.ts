/**
 * What a Gateway's status says. Pure. @spec https://gateway-api.sigs.k8s.io/reference/spec/#gatewaystatus
 */
import type { Instant } from '@argosy/base';
import {
  GATEWAY_API_GROUP,
  withCondition,
  type Condition,
  type Gateway,
  type GatewayListener,
  type ListenerStatus,
} from '@argosy/kube';

import { SERVED_PROTOCOLS } from '../routes/attach-route.ts';

/** A Gateway and its world. */
export interface ObservedGateway {
  readonly gateway: Gateway;
  /** Where requests come in. */
  readonly address: string;
  /** Routes a listener of this name has taken. */
  readonly attachedRoutes: (listener: string) => number;
  readonly now: Instant;
}

/** The complete next status. */
export const decideGatewayStatus = (observed: ObservedGateway): NonNullable<Gateway['status']> => {
  const { gateway, address } = observed;
  const listeners = gateway.spec?.listeners ?? [];
  const refused = listeners.filter((listener) => !SERVED_PROTOCOLS.includes(listener.protocol));
  const wantsAddress = (gateway.spec?.addresses ?? []).some((wanted) => wanted.value !== address);
  return {
    ...gateway.status,
    addresses: [{ type: 'IPAddress', value: address }],
    conditions: withVerdicts(gateway.status?.conditions, observed, [
      refused.length === 0
        ? { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Gateway is accepted' }
        : {
            type: 'Accepted',
            status: refused.length < listeners.length ? 'True' : 'False',
            reason: 'ListenersNotValid',
            message: `not supported yet: listeners ${refused.map(({ name }) => name).join(', ')}; see their conditions`,
          },
      wantsAddress
        ? {
            type: 'Programmed',
            status: 'False',
            reason: 'AddressNotUsable',
            message: 'not supported yet: spec.addresses; remove it',
          }
        : { type: 'Programmed', status: 'True', reason: 'Programmed', message: `served at ${address}` },
    ]),
    listeners: listeners.map((listener) => listenerStatus(listener, observed)),
  };
};

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

const listenerStatus = (listener: GatewayListener, observed: ObservedGateway): ListenerStatus => {
  const before = observed.gateway.status?.listeners?.find(({ name }) => name === listener.name);
  const isServed = SERVED_PROTOCOLS.includes(listener.protocol);
  const isEncrypted = listener.protocol === 'HTTPS';
  const refusal = `not supported yet: protocol ${listener.protocol}; use HTTP`;
  const verdicts: readonly Verdict[] = [
    isServed
      ? { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'Listener is accepted' }
      : { type: 'Accepted', status: 'False', reason: 'UnsupportedProtocol', message: refusal },
    isServed
      ? {
          type: 'Programmed',
          status: 'True',
          reason: 'Programmed',
          message: isEncrypted ? 'served in plain HTTP: TLS does not end here' : 'Listener is served',
        }
      : { type: 'Programmed', status: 'False', reason: 'Invalid', message: refusal },
    { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'All references are resolved' },
  ];
  return {
    name: listener.name,
    supportedKinds: isServed ? [{ group: GATEWAY_API_GROUP, kind: 'HTTPRoute' }] : [],
    attachedRoutes: observed.attachedRoutes(listener.name),
    conditions: withVerdicts(before?.conditions, observed, verdicts),
  };
};

const withVerdicts = (
  before: readonly Condition[] | undefined,
  { gateway, now }: ObservedGateway,
  verdicts: readonly Verdict[],
): readonly Condition[] =>
  verdicts.reduce<readonly Condition[]>(
    (conditions, verdict) =>
      withCondition(conditions, { ...verdict, observedGeneration: gateway.metadata.generation }, now),
    before ?? [],
  );
