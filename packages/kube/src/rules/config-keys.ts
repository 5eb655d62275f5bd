/** Keys of config maps and secrets. @spec k8s.io/apimachinery/pkg/util/validation#IsConfigMapKey */

const KEY_RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** Problems of a key. */
export const validateConfigKey = (key: string): readonly string[] => [
  ...(key.length > 253 ? ['must be no more than 253 characters'] : []),
  ...(/^[-._a-zA-Z0-9]+$/.test(key) ? [] : [KEY_RULE]),
  ...(key === '.' || key === '..' ? [`must not be '${key}'`] : []),
  ...(key.startsWith('..') && key !== '..' ? ["must not start with '..'"] : []),
];
