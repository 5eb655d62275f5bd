/**
 * `$(NAME)` in commands, arguments and values. @spec kubernetes third_party/forked/golang/expansion/expand.go#Expand
 */

/** Replaces known references; unknown ones stay as they are, `$$` writes one dollar sign. Pure. */
export const expandVariables = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$(?:\$|\(([^()]*)\))/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(values, name) ? (values[name] ?? '') : whole;
  });
