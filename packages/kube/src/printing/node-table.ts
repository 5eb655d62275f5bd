/** How nodes are printed. @upstream kubernetes pkg/printers/internalversion/printers.go#printNode */
import type { KubeObject } from '../objects/object.ts';
import { age, nameOf, none, table } from './table-words.ts';

interface Node extends KubeObject {
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo?: Readonly<Record<string, string>>;
  };
}

/** Nodes: whether they are ready, what they are for, and with `-o wide` what they are. */
export const nodes = table<Node>(
  [
    'Name',
    'Status',
    'Roles',
    'Age',
    'Version',
    '+Internal-IP',
    '+External-IP',
    '+OS-Image',
    '+Kernel-Version',
    '+Container-Runtime',
  ],
  (node, now) => {
    const { addresses = [], nodeInfo = {} } = node.status ?? {};
    const addressOf = (type: string): string => none(addresses.find((one) => one.type === type)?.address);
    const known = (field: string): string => nodeInfo[field] || '<unknown>';
    return [
      nameOf(node),
      statusText(node),
      none(rolesOf(node).join(',')),
      age(node, now),
      nodeInfo['kubeletVersion'] ?? '',
      addressOf('InternalIP'),
      addressOf('ExternalIP'),
      known('osImage'),
      known('kernelVersion'),
      known('containerRuntimeVersion'),
    ];
  },
);

const statusText = ({ spec, status }: Node): string => {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status;
  const text = ready === undefined ? 'Unknown' : ready === 'True' ? 'Ready' : 'NotReady';
  return spec?.unschedulable ? `${text},SchedulingDisabled` : text;
};

const ROLE_PREFIX = 'node-role.kubernetes.io/';

const rolesOf = ({ metadata }: Node): readonly string[] => {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([label, value]) => {
    if (label.startsWith(ROLE_PREFIX)) return [label.slice(ROLE_PREFIX.length)];
    return label === 'kubernetes.io/role' ? [value] : [];
  });
  return [...new Set(roles.filter((role) => role !== ''))].toSorted();
};
