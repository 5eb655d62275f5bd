/**
 * The kubeconfig of the administrator. @spec https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
import { keepFile } from '../store/keep-file.ts';
import type { Pki } from './ensure-pki.ts';

/** Writes a kubeconfig readable by its owner only. JSON is YAML. */
export const writeKubeconfig = (file: string, of: { readonly server: string; readonly pki: Pki }): void => {
  const base64 = (pem: string): string => Buffer.from(pem, 'utf8').toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'argosy', cluster: { server: of.server, 'certificate-authority-data': base64(of.pki.authority) } },
    ],
    users: [
      {
        name: 'argosy-admin',
        user: {
          'client-certificate-data': base64(of.pki.clientCertificate),
          'client-key-data': base64(of.pki.clientKey),
          token: of.pki.token,
        },
      },
    ],
    contexts: [{ name: 'argosy', context: { cluster: 'argosy', user: 'argosy-admin', namespace: 'default' } }],
    'current-context': 'argosy',
  };
  keepFile(file, `${JSON.stringify(config, undefined, 2)}\n`);
};
