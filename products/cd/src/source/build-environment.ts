/**
 * Variables that may stand in a source's parameters and paths.
 * @spec CD-GEN-03, CD-GEN-04, CD-GEN-05
 * @upstream argo-cd pkg/apis/application/v1alpha1/types.go Env#Envsubst (Go's os.Expand)
 */

/** Variables by name. */
export type BuildEnvironment = Readonly<Record<string, string>>;

/** What variables are made of. */
export interface BuildFacts {
  /** `<namespace>_<name>` outside of the control namespace. */
  readonly instanceName: string;
  /** The destination's. */
  readonly namespace: string;
  readonly project: string;
  readonly revision: string;
  readonly path: string;
  readonly repoURL: string;
  readonly targetRevision: string;
}

/** Lengths of shortened revisions. */
const SHORT = 7;
const LESS_SHORT = 8;

/** The variables of a build. */
export const buildEnvironment = (facts: BuildFacts): BuildEnvironment => ({
  ARGOCD_APP_NAME: facts.instanceName,
  ARGOCD_APP_NAMESPACE: facts.namespace,
  ARGOCD_APP_PROJECT_NAME: facts.project,
  ARGOCD_APP_REVISION: facts.revision,
  ARGOCD_APP_REVISION_SHORT: facts.revision.slice(0, SHORT),
  ARGOCD_APP_REVISION_SHORT_8: facts.revision.slice(0, LESS_SHORT),
  ARGOCD_APP_SOURCE_PATH: facts.path,
  ARGOCD_APP_SOURCE_REPO_URL: facts.repoURL,
  ARGOCD_APP_SOURCE_TARGET_REVISION: facts.targetRevision,
});

/** `$NAME` and `${NAME}`; `$$` is a dollar, what is not known is empty, what is not well-formed is eaten. */
const REFERENCE = /\$(?:\{([^}]+)\}|\{\}?|([*#$@!?0-9-]|[A-Za-z_][A-Za-z0-9_]*))/g;

/** Puts variables in. */
export const substituteEnvironment = (text: string, environment: BuildEnvironment): string =>
  text.replace(REFERENCE, (_whole, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? '';
    if (name === '$') return '$';
    return Object.hasOwn(environment, name) ? (environment[name] ?? '') : '';
  });
