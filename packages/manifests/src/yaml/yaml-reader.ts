/**
 * What both readers of YAML share: binary values, and what is said of a text that is none.
 */
import { messageOf } from '@argosy/base';
import yaml from 'js-yaml';

/** `!!binary`: the text the bytes are. */
export const BINARY_TYPE = new yaml.Type('tag:yaml.org,2002:binary', {
  kind: 'scalar',
  construct: (text: string) => Buffer.from(text, 'base64').toString('utf8'),
});

/** What is wrong with a text, and in which line. */
export const describeYamlProblem = (thrown: unknown): string => {
  if (!(thrown instanceof yaml.YAMLException)) return messageOf(thrown);
  const line = thrown.mark ? `line ${thrown.mark.line + 1}: ` : '';
  return `${line}${thrown.reason}`;
};
