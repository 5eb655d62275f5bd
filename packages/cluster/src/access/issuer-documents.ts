/**
 * What the issuer of service account tokens says of itself, so that others can check tokens without asking.
 * @spec https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#service-account-issuer-discovery
 */
import { TOKEN_ISSUER, type ServiceAccountTokens } from './service-account-tokens.ts';

/** A document and what it is. */
export interface IssuerDocument {
  readonly contentType: string;
  readonly value: object;
}

/** Paths of the documents. */
export const ISSUER_PATHS = ['/.well-known/openid-configuration', '/openid/v1/jwks'] as const;

/** The document of a path; `undefined` for other paths. `url` is where this server is reached. */
export const issuerDocument = (
  tokens: Pick<ServiceAccountTokens, 'keys'>,
  path: string,
  url: string,
): IssuerDocument | undefined => {
  const [configuration, keys] = ISSUER_PATHS;
  if (path === keys) return { contentType: 'application/jwk-set+json', value: { keys: tokens.keys() } };
  if (path !== configuration) return undefined;
  return {
    contentType: 'application/json',
    value: {
      issuer: TOKEN_ISSUER,
      jwks_uri: `${url}${keys}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    },
  };
};
