/**
 * Names of fields as identifiers: what an expression cannot write is escaped.
 * @spec k8s.io/apiserver/pkg/cel/escaping.go
 */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return var ' +
    'void while'
  ).split(' '),
);
const ESCAPES: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};

/** The identifier a field goes by; `undefined` when expressions cannot reach it. */
export const escapeField = (name: string): string | undefined => {
  if (RESERVED.has(name)) return `__${name}__`;
  if (!/^[A-Za-z_.\-/][A-Za-z0-9_.\-/]*$/.test(name)) return undefined;
  return name.replace(/__|[-./]/g, (part) => ESCAPES[part] ?? part);
};

/** All identifiers a field goes by. Since 1.31 words the language keeps for itself name fields as they are, too. */
export const namesOfField = (name: string): readonly string[] => {
  const escaped = escapeField(name);
  if (escaped === undefined) return [];
  return RESERVED.has(name) ? [escaped, name] : [escaped];
};
