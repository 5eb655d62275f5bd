/**
 * What a plugin's programs see in their environment.
 * @spec CD-CMP-05, CD-CMP-06
 */

/** A parameter that an application gives: exactly one of the three, which may be empty. */
export interface GivenParameter {
  readonly name: string;
  readonly string?: string;
  readonly array?: readonly string[];
  readonly map?: Readonly<Record<string, string>>;
}

/** What an application says to a plugin. */
export interface PluginInput {
  /** `spec.source.plugin.env`. */
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly parameters?: readonly GivenParameter[];
  /** The variables of the build: `ARGOCD_APP_NAME`, `KUBE_VERSION` … */
  readonly build?: Readonly<Record<string, string>>;
}

/** The environment: the machine's search path, the build's variables, the application's own with their prefix. */
export const pluginEnvironment = (
  { env = [], parameters = [], build = {} }: PluginInput,
  machine: { readonly path: string; readonly home: string },
): Readonly<Record<string, string>> => ({
  PATH: machine.path,
  HOME: machine.home,
  TMPDIR: machine.home,
  ...build,
  ...Object.fromEntries(env.map(({ name, value }) => [`ARGOCD_ENV_${name}`, value] as const)),
  ARGOCD_APP_PARAMETERS: JSON.stringify(parameters.map(withoutAbsent)),
  ...Object.fromEntries(parameters.flatMap(variablesOf)),
});

/** Empty maps and arrays stay: they say something else than absent ones. */
const withoutAbsent = ({ name, string, array, map }: GivenParameter): GivenParameter => ({
  name,
  ...(string !== undefined && { string }),
  ...(array !== undefined && { array }),
  ...(map !== undefined && { map }),
});

const variablesOf = ({
  name,
  string,
  array = [],
  map = {},
}: GivenParameter): readonly (readonly [string, string])[] => {
  const variable = `PARAM_${toVariable(name)}`;
  return [
    ...(string === undefined ? [] : [[variable, string] as const]),
    ...array.map((item, at) => [`${variable}_${at}`, item] as const),
    ...Object.entries(map).map(([key, item]) => [`${variable}_${toVariable(key)}`, item] as const),
  ];
};

const toVariable = (name: string): string => name.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
