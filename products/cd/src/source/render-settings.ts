/**
 * What `argocd-cm` says of rendering. Pure.
 * @spec CD-GEN-02, CD-KUS-08, CD-KUS-09, CD-HELM-05; vectors cd-kustomize-build-args
 */
import { Failure } from '@argosy/base';

/** Settings as they are written; judged when they are used, so that one ill key hurts only those it concerns. */
export interface RenderSettings {
  /** `kustomize.buildOptions`. */
  readonly buildOptions: string;
  /** Tools switched off: their folders count as plain ones. */
  readonly disabled: readonly ('Helm' | 'Kustomize' | 'Jsonnet')[];
  /** Schemes of value files on the network; default http and https. */
  readonly valueFileSchemes: readonly string[];
}

/** Options of `kustomize build`. */
export interface BuildOptions {
  readonly isHelmEnabled: boolean;
  readonly isUnrestricted: boolean;
  readonly reorder: 'legacy' | 'none';
  readonly helmKubeVersion: string | undefined;
  readonly helmApiVersions: readonly string[];
}

const DEFAULT_SCHEMES = 'http,https';

/** Reads the data of `argocd-cm`. */
export const readRenderSettings = (data: Readonly<Record<string, string>>): RenderSettings => ({
  buildOptions: data['kustomize.buildOptions'] ?? '',
  disabled: [
    ...(data['helm.enable'] === 'false' ? (['Helm'] as const) : []),
    ...(data['kustomize.enable'] === 'false' ? (['Kustomize'] as const) : []),
    ...(data['jsonnet.enable'] === 'false' ? (['Jsonnet'] as const) : []),
  ],
  valueFileSchemes: (data['helm.valuesFileSchemes'] ?? DEFAULT_SCHEMES)
    .split(',')
    .map((scheme) => scheme.trim().toLowerCase())
    .filter((scheme) => scheme !== ''),
});

/** Options that only say how much is logged, and how many arguments follow them. */
const LOGGING: ReadonlyMap<string, number> = new Map([
  ['--logtostderr', 0],
  ['-v', 1],
  ['--stack-trace', 0],
]);

/** Reads build options. Throws Failure `NotSupported` naming the one that is not. */
export const parseBuildOptions = (text: string): BuildOptions => {
  let options: BuildOptions = {
    isHelmEnabled: false,
    isUnrestricted: false,
    reorder: 'legacy',
    helmKubeVersion: undefined,
    helmApiVersions: [],
  };
  const words = text.split(/\s+/).filter((word) => word !== '');
  for (let at = 0; at < words.length; at += 1) {
    const [name, inline] = splitOption(words[at] ?? '');
    const skipped = LOGGING.get(name);
    if (skipped !== undefined) {
      if (inline === undefined) at += skipped;
      continue;
    }
    const takesValue = name !== '--enable-helm';
    const value = inline ?? (takesValue ? words[(at += 1)] : 'true');
    options = { ...options, ...readOption(options, name, value ?? '') };
  }
  return options;
};

const splitOption = (word: string): readonly [string, string | undefined] => {
  const equals = word.startsWith('--') ? word.indexOf('=') : -1;
  return equals < 0 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
};

const readOption = (before: BuildOptions, name: string, value: string): Partial<BuildOptions> => {
  switch (name) {
    case '--enable-helm':
      return { isHelmEnabled: value !== 'false' };
    case '--load-restrictor':
    case '--load_restrictor':
      return {
        isUnrestricted: oneOf(name, value, ['LoadRestrictionsNone', 'LoadRestrictionsRootOnly', 'none', 'rootOnly']),
      };
    case '--reorder':
      return { reorder: oneOf(name, value, ['none', 'legacy']) ? 'none' : 'legacy' };
    case '--helm-kube-version':
      return { helmKubeVersion: value };
    case '--helm-api-versions':
      return { helmApiVersions: [...before.helmApiVersions, ...value.split(',')] };
    default:
      throw refused(`${name} is not supported; --enable-helm, --load-restrictor and --reorder are`);
  }
};

/** Whether the value is one of the first half of the choices. */
const oneOf = (name: string, value: string, choices: readonly string[]): boolean => {
  if (!choices.includes(value)) throw refused(`${name} must be ${choices.slice(0, 2).join(' or ')}, not ${value}`);
  return value === choices[0] || value === 'none';
};

const refused = (why: string): Failure =>
  new Failure(`kustomize.buildOptions of argocd-cm: ${why}`, { code: 'NotSupported' });
