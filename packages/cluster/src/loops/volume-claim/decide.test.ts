import {
  LOCAL_DRIVER,
  LOCAL_PROVISIONER,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type StorageClass,
} from '@argosy/kube';
import { describe, expect, it } from 'vitest';

import { decideClaim, type ClaimWorld } from './decide.ts';
import { decideProtection, decideVolume } from './volume-phase.ts';

const aClaim = (
  spec: Partial<NonNullable<PersistentVolumeClaim['spec']>> = {},
  more: Partial<PersistentVolumeClaim> = {},
): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c', namespace: 'a', uid: 'u' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 's', ...spec },
  ...more,
});
const aVolume = (name: string, storage: string, spec: PersistentVolume['spec'] = {}): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 's',
    hostPath: { path: '/' },
    ...spec,
  },
});
const aClass = (provisioner = LOCAL_PROVISIONER, more: Partial<StorageClass> = {}): StorageClass => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 's' },
  provisioner,
  ...more,
});
const claimRef = { name: 'c', namespace: 'a', uid: 'u' };
const decide = (claim: PersistentVolumeClaim, world: Partial<ClaimWorld> = {}) => {
  const whole: ClaimWorld = { volumes: [], storageClass: aClass(), isUsed: false, protection: 'p', ...world };
  const { actions, status, events } = decideClaim({ object: claim, world: whole, now: 0 });
  return {
    done: actions.map((action) =>
      action.kind === 'bind-volume' ? `${action.kind} ${action.volume.metadata.name}` : action.kind,
    ),
    phase: status.phase,
    reasons: events.map(({ reason }) => reason),
  };
};
const lazy = aClass(LOCAL_PROVISIONER, { volumeBindingMode: 'WaitForFirstConsumer' });
const going = { name: 'c', namespace: 'a', uid: 'u', deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['p'] };

describe('claims', () => {
  it.each([
    {
      reason: 'the smallest volume that is large enough',
      claim: aClaim(),
      world: { volumes: [aVolume('big', '9Gi'), aVolume('fit', '2Gi'), aVolume('small', '1Mi')] },
      done: ['bind-volume fit', 'name-volume'],
    },
    {
      reason: 'one of another class does not do',
      claim: aClaim(),
      world: { volumes: [aVolume('v', '2Gi', { storageClassName: 'x' })] },
      done: ['provide-volume', 'name-volume'],
    },
    {
      reason: 'nor one that is taken',
      claim: aClaim(),
      world: { volumes: [aVolume('v', '2Gi', { claimRef: { name: 'x', namespace: 'a', uid: 'x' } })] },
      done: ['provide-volume', 'name-volume'],
    },
    {
      reason: 'one kept for it',
      claim: aClaim(),
      world: { volumes: [aVolume('v', '2Gi', { claimRef: { name: 'c', namespace: 'a' } })] },
      done: ['bind-volume v', 'name-volume'],
    },
    {
      reason: 'bound half-way, bound on',
      claim: aClaim(),
      world: { volumes: [aVolume('v', '2Gi', { claimRef })] },
      done: ['name-volume'],
    },
    {
      reason: 'the one its author names',
      claim: aClaim({ volumeName: 'v' }),
      world: { volumes: [aVolume('v', '2Gi')] },
      done: ['bind-volume v'],
    },
    {
      reason: 'provided',
      claim: aClaim(),
      done: ['provide-volume', 'name-volume'],
      reasons: ['ProvisioningSucceeded'],
    },
    {
      reason: 'waits for a pod',
      claim: aClaim(),
      world: { storageClass: lazy },
      done: [],
      reasons: ['WaitForFirstConsumer'],
    },
    {
      reason: 'waits no longer',
      claim: aClaim(),
      world: { storageClass: lazy, isUsed: true },
      done: ['provide-volume', 'name-volume'],
      reasons: ['ProvisioningSucceeded'],
    },
    {
      reason: 'left to others',
      claim: aClaim(),
      world: { storageClass: aClass('other.io') },
      done: [],
      reasons: ['ExternalProvisioning'],
    },
    {
      reason: 'no such class',
      claim: aClaim(),
      world: { storageClass: undefined },
      done: [],
      reasons: ['ProvisioningFailed'],
    },
    {
      reason: 'no folder is a disk',
      claim: aClaim({ volumeMode: 'Block' }),
      done: [],
      reasons: ['ProvisioningFailed'],
    },
    { reason: 'held while a pod uses it', claim: aClaim({}, { metadata: going }), world: { isUsed: true }, done: [] },
    { reason: 'let go', claim: aClaim({}, { metadata: going }), done: ['release-claim'] },
  ])('$reason', ({ claim, world, done, reasons }) => {
    const decided = decide(claim, world);
    expect(decided.done).toEqual(done);
    if (reasons) expect(decided.reasons).toEqual(reasons);
  });
  it('are bound once both sides say so, and lost with their volume', () => {
    const claim = aClaim({ volumeName: 'v' });
    expect(decide(claim, { volumes: [aVolume('v', '2Gi', { claimRef })] }).phase).toBe('Bound');
    expect(decide({ ...claim, status: { phase: 'Bound' } }).phase).toBe('Lost');
  });
});

describe('what holds a volume', () => {
  const HOLD = 'kubernetes.io/pv-protection';
  const volume = (metadata: object): PersistentVolume => {
    const made = aVolume('v', '1Gi', { claimRef: { namespace: 'shop', name: 'data', uid: 'u1' } });
    return { ...made, metadata: { ...made.metadata, ...metadata } };
  };
  const deletionTimestamp = '2026-01-01T00:00:00Z';
  it.each([
    {
      reason: 'one of before there was any',
      of: volume({ finalizers: ['x'] }),
      uid: 'u1',
      want: { kind: 'set', finalizers: ['x', HOLD] },
    },
    { reason: 'held', of: volume({ finalizers: [HOLD] }), uid: 'u1', want: { kind: 'leave' } },
    {
      reason: 'to go, but bound',
      of: volume({ finalizers: [HOLD], deletionTimestamp }),
      uid: 'u1',
      want: { kind: 'leave' },
    },
    {
      reason: 'to go, its claim is gone',
      of: volume({ finalizers: ['x', HOLD], deletionTimestamp }),
      uid: undefined,
      want: { kind: 'set', finalizers: ['x'] },
    },
    {
      reason: 'to go, another claim has the name',
      of: volume({ finalizers: [HOLD], deletionTimestamp }),
      uid: 'u2',
      want: { kind: 'set', finalizers: [] },
    },
    {
      reason: 'to go, held by others',
      of: volume({ finalizers: ['x'], deletionTimestamp }),
      uid: undefined,
      want: { kind: 'leave' },
    },
  ])('$reason', ({ of, uid, want }) => expect(decideProtection(of, uid, HOLD)).toEqual(want));
});

describe('volumes', () => {
  const ours = {
    csi: { driver: LOCAL_DRIVER, volumeHandle: 'v' },
    persistentVolumeReclaimPolicy: 'Delete' as const,
  };
  it.each([
    { reason: 'free', volume: aVolume('v', '1Gi'), uid: undefined, want: 'Available' },
    { reason: 'bound', volume: aVolume('v', '1Gi', { claimRef }), uid: 'u', want: 'Bound' },
    { reason: 'kept', volume: aVolume('v', '1Gi', { claimRef }), uid: undefined, want: 'Released' },
    {
      reason: 'kept when another claim has the name',
      volume: aVolume('v', '1Gi', { claimRef }),
      uid: 'other',
      want: 'Released',
    },
    {
      reason: 'gone with its claim',
      volume: aVolume('v', '1Gi', { ...ours, claimRef }),
      uid: undefined,
      want: 'delete',
    },
    {
      reason: 'gone with its claim, made when drivers had a slash in their name',
      volume: aVolume('v', '1Gi', { ...ours, csi: { ...ours.csi, driver: LOCAL_PROVISIONER }, claimRef }),
      uid: undefined,
      want: 'delete',
    },
    {
      reason: 'not ours to delete',
      volume: aVolume('v', '1Gi', { persistentVolumeReclaimPolicy: 'Delete', claimRef }),
      uid: undefined,
      want: 'Failed',
    },
  ])('$reason', ({ volume, uid, want }) => {
    const decision = decideVolume(volume, uid);
    expect(decision.kind === 'report' ? decision.status.phase : decision.kind).toBe(want);
  });
});
