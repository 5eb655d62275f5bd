/** A definition with two versions, and a webhook of the test's own that converts between them. */
import https from 'node:https';
import type { AddressInfo } from 'node:net';

import { resourceType, type KubeObject } from '@argosy/kube';

import { createPki } from '../../src/index.ts';
import { PORTS } from '../running-cluster.ts';

/** A question the webhook was asked. */
export interface Asked {
  readonly uid: string;
  readonly desiredAPIVersion: string;
  readonly objects: readonly Widget[];
}

/** v1 has `spec.size`, v2 `spec.dimensions.size`. */
export type Widget = KubeObject<{ readonly size?: string; readonly dimensions?: { readonly size?: string } }>;

/** The kind in one version. */
export const widgets = (version: string) =>
  resourceType<Widget>({ group: 'example.com', version, resource: 'widgets', kind: 'Widget', namespaced: true });

/** A widget of either version. */
export const aWidget = (version: 'v1' | 'v2', name: string, size = 'L'): Widget => ({
  apiVersion: `example.com/${version}`,
  kind: 'Widget',
  metadata: { name, namespace: 'default' },
  spec: version === 'v1' ? { size } : { dimensions: { size } },
});

/** A running webhook. */
export interface ConversionHook {
  readonly url: string;
  readonly caBundle: string;
  readonly asked: Asked[];
  /** Changes what it answers; `undefined` leaves it silent. */
  spoil: (change: ((response: Record<string, unknown>, asked: Asked) => unknown) | undefined | 'silent') => void;
  close(): void;
}

/** Starts the webhook. */
export const startConversionHook = async (): Promise<ConversionHook> => {
  const pki = await createPki(PORTS, ['127.0.0.1']);
  const asked: Asked[] = [];
  let spoiled: Parameters<ConversionHook['spoil']>[0];
  const server = https.createServer({ cert: pki.serverCertificate, key: pki.serverKey }, (request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString('utf8')));
    request.on('end', () => {
      const question = (JSON.parse(body) as { readonly request: Asked }).request;
      asked.push(question);
      if (spoiled === 'silent') return;
      const convertedObjects = question.objects.map((object) => convert(object, question.desiredAPIVersion));
      const plain = { uid: question.uid, result: { status: 'Success' }, convertedObjects };
      const answer = spoiled ? spoiled(plain, question) : plain;
      response.end(
        JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response: answer }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/convert`,
    caBundle: Buffer.from(pki.authority).toString('base64'),
    asked,
    spoil: (change) => void (spoiled = change),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const convert = (object: Widget, apiVersion: string): Widget => {
  const { size, dimensions } = object.spec ?? {};
  const known = size ?? dimensions?.size;
  return { ...object, apiVersion, spec: apiVersion.endsWith('v1') ? { size: known } : { dimensions: { size: known } } };
};

const text = { type: 'string' as const };

/** The definition; `storage` is the version stored. */
export const widgetDefinition = (
  hook: Pick<ConversionHook, 'url' | 'caBundle'>,
  storage: 'v1' | 'v2' = 'v1',
): KubeObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', kind: 'Widget' },
    conversion: {
      strategy: 'Webhook',
      webhook: { clientConfig: { url: hook.url, caBundle: hook.caBundle }, conversionReviewVersions: ['v1'] },
    },
    versions: (['v1', 'v2'] as const).map((name) => ({
      name,
      served: true,
      storage: name === storage,
      subresources: {
        status: {},
        scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
      },
      schema: {
        openAPIV3Schema: {
          type: 'object',
          properties: {
            spec: {
              type: 'object',
              properties: {
                replicas: { type: 'integer' },
                ...(name === 'v1'
                  ? { size: text }
                  : { dimensions: { type: 'object', properties: { size: text, unit: { ...text, default: 'cm' } } } }),
              },
            },
            status: { type: 'object', properties: { phase: text, replicas: { type: 'integer' } } },
          },
        },
      },
    })),
  },
});
