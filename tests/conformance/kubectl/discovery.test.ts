import { expect, it } from 'vitest';

import { describeKubectl } from './kubectl-world.ts';

const CRD = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {plural: widgets, kind: Widget}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties: {spec: {type: object, properties: {size: {type: integer, description: How large it is.}}}}
`;

describeKubectl('discovery', { runtime: 'simulated' }, (world) => {
  it.each([
    { what: 'pod.spec.containers.livenessProbe', says: 'FIELD: livenessProbe <Probe>' },
    { what: 'deployment.spec', says: 'template\t<PodTemplateSpec> -required-' },
    { what: 'hpa.spec --api-version=autoscaling/v1', says: 'targetCPUUtilizationPercentage\t<integer>' },
    { what: 'hpa.spec', says: 'metrics\t<[]MetricSpec>' },
    { what: 'cronjob.spec.schedule', says: 'FIELD: schedule <string>' },
    { what: 'role.rules', says: 'apiGroups\t<[]string>' },
    { what: 'pvc.spec.resources.requests', says: 'FIELD: requests <map[string]Quantity>' },
    { what: 'crd.spec.names', says: 'plural\t<string> -required-' },
  ])('explain $what', async ({ what, says }) => expect(await world().k(`explain ${what}`)).toContain(says));
  it('explain --recursive', async () =>
    expect(await world().k('explain job.spec --recursive')).toMatch(/template[^]*containers[^]*livenessProbe/));
  it('explain what a CRD defines', async () => {
    const { k, until } = world();
    await k('apply -f -', CRD);
    await until('the kind', async () =>
      (await world().run(['explain', 'widget.spec.size'])).out.includes('How large it is.'),
    );
    await k('delete crd widgets.example.com');
  });
  it('api-resources: every kind, by verb and scope', async () => {
    const all = await world().k('api-resources -o wide');
    const kinds =
      'Pod Service ConfigMap Secret ServiceAccount Event PersistentVolume ResourceQuota Deployment StatefulSet DaemonSet ReplicaSet ' +
      'ControllerRevision Job CronJob Ingress HorizontalPodAutoscaler PodDisruptionBudget Role ClusterRoleBinding PriorityClass ' +
      'Lease StorageClass EndpointSlice HTTPRoute CustomResourceDefinition TokenReview';
    for (const kind of kinds.split(' ')) expect(all, kind).toMatch(new RegExp(` ${kind} `));
    expect(await world().k('api-resources --namespaced=false --verbs=list -o name')).not.toContain('pods');
  });
  it('get --raw: health, metrics, OpenAPI v2 and v3', async () => {
    const raw = (path: string) => world().k(`get --raw ${path}`);
    for (const path of ['/healthz', '/livez', '/readyz']) expect(await raw(path)).toBe('ok');
    await world().k('get ns');
    expect(await raw('/metrics')).toMatch(
      /apiserver_request_total\{verb="LIST",group="",resource="namespaces".*code="200"\} 1/,
    );
    expect(JSON.parse(await raw('/openapi/v3/apis/batch/v1'))).toHaveProperty([
      'components',
      'schemas',
      'io.k8s.api.batch.v1.Job',
    ]);
    expect(JSON.parse(await raw('/openapi/v2'))).toHaveProperty(['definitions', 'io.k8s.api.core.v1.Pod']);
  });
  it('get --raw: a watch that begins with what there is, and says when that was all', async () => {
    const watch =
      '/api/v1/namespaces?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&timeoutSeconds=1';
    const events = (await world().k(`get --raw ${watch}&allowWatchBookmarks=true`)).split('\n').map(
      (line) =>
        JSON.parse(line) as {
          readonly type: string;
          readonly object: { readonly metadata: { readonly annotations?: object } };
        },
    );
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'ADDED', 'BOOKMARK']);
    expect(events.at(-1)!.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
    expect(await world().refused(`get --raw ${watch}`)).toContain('sendInitialEvents requires bookmarks');
  });
  it('top: says that there is nobody who measures', async () =>
    expect(await world().refused('top pods')).toContain('Metrics API not available'));
});
