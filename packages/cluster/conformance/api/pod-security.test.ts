/** What the labels of a namespace say of its pods' security acts. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { silentLogger, type Logger } from '@argosy/base';
import { NAMESPACES } from '@argosy/kube';

import { serveApi, type ServedApi } from './served-api.ts';

const logged: unknown[] = [];
const log: Logger = {
  ...silentLogger,
  warn: (message, fields) => void (message === 'pod security audit' && logged.push(fields)),
};

let api: ServedApi;
beforeAll(async () => {
  api = await serveApi({ log });
  for (const [name, mode, level] of [
    ['restricted', 'enforce', 'restricted'],
    ['baseline', 'enforce', 'baseline'],
    ['warned', 'warn', 'baseline'],
    ['free', 'audit', 'restricted'],
  ] as const)
    await api.client.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { [`pod-security.kubernetes.io/${mode}`]: level } },
    });
});
afterAll(() => api.close());

let count = 0;
const create = async (namespace: string, spec: object, container: object = {}) => {
  count += 1;
  const body = {
    metadata: { name: `p${count}` },
    spec: { containers: [{ name: 'c', image: 'x', ...container }], ...spec },
  };
  const answer = await api.ask({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, body });
  const { message = '' } = JSON.parse(answer.text) as { readonly message?: string };
  return { status: answer.status, message, warning: answer.warning };
};
const HARDENED = {
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] } },
};
const WHOLE = { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } };

describe('level restricted', () => {
  it('says all that a pod lacks', async () => {
    expect(await create('restricted', {})).toMatchObject({
      status: 403,
      message: `pods "p1" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`,
    });
  });

  it('takes a hardened pod', async () => expect((await create('restricted', WHOLE, HARDENED)).status).toBe(201));

  it.each([
    [
      { ...WHOLE, volumes: [{ name: 'v', hostPath: { path: '/' } }] },
      HARDENED,
      'restricted volume types (volume "v" uses restricted volume type "hostPath")',
    ],
    [
      { securityContext: { ...WHOLE.securityContext, runAsUser: 0 } },
      HARDENED,
      'runAsUser=0 (pod must not set runAsUser=0)',
    ],
    [
      WHOLE,
      { securityContext: { ...HARDENED.securityContext, runAsNonRoot: false } },
      'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
    ],
    [
      WHOLE,
      { securityContext: { ...HARDENED.securityContext, capabilities: { drop: ['ALL'], add: ['CHOWN'] } } },
      'unrestricted capabilities (container "c" must not include "CHOWN" in securityContext.capabilities.add)',
    ],
  ])('refuses one that takes something back: %j', async (spec, container, says) => {
    const { status, message } = await create('restricted', spec, container);
    expect([status, message]).toEqual([403, expect.stringContaining(says) as string]);
  });

  it('holds for containers that are put in later', async () => {
    expect((await create('restricted', WHOLE, HARDENED)).status).toBe(201);
    const path = `/api/v1/namespaces/restricted/pods/p${count}/ephemeralcontainers`;
    const body = { spec: { ephemeralContainers: [{ name: 'debug', image: 'x' }] } };
    const type = 'application/strategic-merge-patch+json';
    const answer = await api.ask({ method: 'PATCH', path, body, type });
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('container \\"debug\\"') as string]);
  });
});

describe('level baseline', () => {
  it.each([
    [{ hostNetwork: true, hostPID: true }, {}, 'host namespaces (hostNetwork=true, hostPID=true)'],
    [{ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, {}, 'hostPath volumes (volume "v")'],
    [{}, { ports: [{ containerPort: 80, hostPort: 80 }] }, 'hostPort (container "c" uses hostPort 80)'],
    [
      {},
      { securityContext: { privileged: true } },
      'privileged (container "c" must not set securityContext.privileged=true)',
    ],
    [
      {},
      { securityContext: { capabilities: { add: ['SYS_ADMIN'] } } },
      'non-default capabilities (container "c" must not include "SYS_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      { securityContext: { seccompProfile: { type: 'Unconfined' } } },
      {},
      'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
    ],
    [
      { securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } },
      {},
      'forbidden sysctls (kernel.msgmax)',
    ],
    [
      { securityContext: { seLinuxOptions: { type: 'spc_t' } } },
      {},
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions)',
    ],
    [
      { initContainers: [{ name: 'i', image: 'x', securityContext: { privileged: true } }] },
      {},
      'privileged (container "i"',
    ],
  ])('refuses %j %j', async (spec, container, says) => {
    const { status, message } = await create('baseline', spec, container);
    expect([status, message]).toEqual([403, expect.stringContaining(says) as string]);
  });

  it('takes a plain pod', async () => expect((await create('baseline', {})).status).toBe(201));
});

describe('namespaces', () => {
  it('that warn are told of pods and of what makes pods', async () => {
    const told = await create('warned', { hostNetwork: true });
    expect([told.status, told.warning]).toEqual([201, expect.stringContaining('would violate PodSecurity') as string]);
    const labels = { a: 'b' };
    const spec = { hostNetwork: true, containers: [{ name: 'c', image: 'x' }] };
    const body = {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
    const made = await api.ask({ method: 'POST', path: '/apis/apps/v1/namespaces/warned/deployments', body });
    expect([made.status, made.warning]).toEqual([201, expect.stringContaining('host namespaces') as string]);
  });

  it('without a level to enforce take everything', async () =>
    expect(await create('free', { hostNetwork: true })).toMatchObject({ status: 201, warning: '' }));

  it('that audit have it logged who makes what they would not have', async () => {
    logged.length = 0;
    await create('free', { hostNetwork: true });
    await create('free', WHOLE, HARDENED);
    expect(logged).toEqual([
      {
        violations: expect.stringMatching(
          /^would violate PodSecurity "restricted:latest": .*host namespaces/,
        ) as string,
        resource: 'pods',
        namespace: 'free',
        name: expect.stringMatching(/^p\d+$/) as string,
        user: 'kubernetes-admin',
      },
    ]);
  });

  it.each([
    ['enforce', 'strict', 'must be one of privileged, baseline, restricted'],
    ['audit', 'strict', 'must be one of privileged, baseline, restricted'],
    ['audit-version', 'v1.x', 'must be \\"latest\\" or \\"v1.x\\"'],
  ])('may not say of %s that it is %s', async (mode, value, says) => {
    const body = { metadata: { name: 'odd', labels: { [`pod-security.kubernetes.io/${mode}`]: value } } };
    const answer = await api.ask({ method: 'POST', path: '/api/v1/namespaces', body });
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining(says) as string]);
  });
});
