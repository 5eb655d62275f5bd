import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

const pod = (name: string, container: string, spec = '') =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {restartPolicy: Never, ${spec} containers: [{name: c, image: i, ${container}}]}`;
const isRoot = process.getuid?.() === 0;

describe.skipIf(process.platform !== 'linux')('on linux', () => {
  describeKubectl('pod fields', { runtime: 'process' }, (world) => {
    const succeed = async (name: string, manifest: string): Promise<string> => {
      await world().k('apply -f -', manifest);
      await world().k(`wait --for=jsonpath={.status.phase}=Succeeded pod/${name} --timeout=15s`);
      return world().k(`logs ${name}`);
    };

    it('lifecycle.postStart: runs beside the container, before it is ready', async () => {
      const command = 'command: [sh, -c, "until [ -f /tmp/hook ]; do sleep 0.05; done; cat /tmp/hook"]';
      const hook = 'lifecycle: {postStart: {exec: {command: [sh, -c, "echo hooked > /tmp/hook"]}}}';
      expect(await succeed('post', pod('post', `${command}, ${hook}`))).toBe('hooked');
    });
    it('lifecycle.postStart that fails ends the container', async () => {
      const { k, until } = world();
      await k(
        'apply -f -',
        pod(
          'bad',
          'command: [sleep, "60"], lifecycle: {postStart: {exec: {command: ["false"]}}}',
          'terminationGracePeriodSeconds: 1,',
        ),
      );
      await until('the end', async () => (await k('get pod bad -o jsonpath={.status.phase}')) === 'Failed');
      expect(await k('describe pod bad')).toContain('FailedPostStartHook');
    });
    it('lifecycle.preStop: runs before the container is asked to end, within the grace period', async () => {
      const { k, folder } = world();
      const shared = path.join(folder, 'shared');
      const container =
        'command: [sh, -c, "trap \'echo term >> /s/said; exit 0\' TERM; while true; do sleep 0.1; done"], volumeMounts: [{name: s, mountPath: /s}], lifecycle: {preStop: {exec: {command: [sh, -c, "echo stopping >> /s/said; sleep 0.3"]}}}';
      const volumes = `volumes: [{name: s, hostPath: {path: ${shared}, type: DirectoryOrCreate}}],`;
      await k('apply -f -', pod('pre', container, volumes));
      await k('wait --for=condition=Ready pod/pre --timeout=10s');
      await k('delete pod pre');
      expect(await readFile(path.join(shared, 'said'), 'utf8')).toBe('stopping\nterm\n');
    });
    it('lifecycle.preStop with sleep: traffic has time to go elsewhere', async () => {
      const { k } = world();
      await k(
        'apply -f -',
        pod(
          'nap',
          'command: [sleep, "60"], lifecycle: {preStop: {sleep: {seconds: 1}}}',
          'terminationGracePeriodSeconds: 5,',
        ),
      );
      await k('wait --for=condition=Ready pod/nap --timeout=10s');
      const begun = Date.now();
      await k('delete pod nap');
      expect(Date.now() - begun).toBeGreaterThanOrEqual(1000);
    });
    it.skipIf(!isRoot)('securityContext.runAsUser and runAsNonRoot', async () => {
      const command = 'command: [sh, -c, "id -u; id -g"]';
      expect(await succeed('user', pod('user', `${command}, securityContext: {runAsUser: 1234}`))).toBe('1234\n1234');
      expect(await succeed('nobody', pod('nobody', command, 'securityContext: {runAsNonRoot: true},'))).toBe(
        '65534\n65534',
      );
      const { k, until } = world();
      await k('apply -f -', pod('torn', `${command}, securityContext: {runAsUser: 0, runAsNonRoot: true}`));
      await until('the reason', async () => (await k('get pod torn')).includes('CreateContainerConfigError'));
      await k('delete pod torn --grace-period=0 --force');
    });
    it.skipIf(!isRoot)('hostAliases', async () => {
      const aliases = 'hostAliases: [{ip: 10.1.2.3, hostnames: [db, db.local]}],';
      expect(await succeed('hosts', pod('hosts', 'command: [grep, db.local, /etc/hosts]', aliases))).toBe(
        '10.1.2.3\tdb\tdb.local',
      );
    });
    it('fields without effect are named: as a warning, and as an event of the pod', async () => {
      const { run, k, until } = world();
      const limited = pod(
        'limited',
        'command: ["true"], resources: {limits: {memory: 1Gi}}, securityContext: {privileged: true}',
      );
      const { err } = await run(['apply', '-f', '-'], limited);
      expect(err).toContain('Warning: spec.containers[0].resources.limits: has no effect on the runtime of this node');
      expect(err).toContain('Warning: spec.containers[0].securityContext.privileged: has no effect');
      await until('the event', async () => (await k('describe pod limited')).includes('FieldsNotApplied'));
      const template = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i, command: ["true"], resources: {limits: {cpu: 1}}}]}}}`;
      expect((await run(['apply', '-f', '-'], template)).err).toContain(
        'Warning: spec.template.spec.containers[0].resources.limits',
      );
    });
    it('unknown fields with --validate=warn are named', async () =>
      expect(
        (
          await world().run(
            ['apply', '--validate=warn', '-f', '-'],
            'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: w}\ndatas: {}',
          )
        ).err,
      ).toContain('Warning: unknown field "datas"'));
  });
});
