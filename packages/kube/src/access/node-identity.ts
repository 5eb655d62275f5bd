/**
 * Who of the callers is a node. @upstream kubernetes pkg/auth/nodeidentifier/default.go
 */
import type { Caller } from './request-attributes.ts';

const PREFIX = 'system:node:';

/** Group of all nodes. */
export const NODES_GROUP = 'system:nodes';

/** The name of the node that calls; empty for one that has none, `undefined` for whoever is no node. */
export const nodeNameOf = ({ username, groups }: Caller): string | undefined =>
  username.startsWith(PREFIX) && groups.includes(NODES_GROUP) ? username.slice(PREFIX.length) : undefined;
