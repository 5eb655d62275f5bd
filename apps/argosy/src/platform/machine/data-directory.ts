/** Where data is kept when nobody says. */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** `.argosy` in a checkout of Argosy, else `$XDG_DATA_HOME/argosy`, else `~/.local/share/argosy`. */
export const defaultDataDirectory = (
  workingDirectory: string,
  env: Readonly<Record<string, string | undefined>>,
): string => {
  if (isCheckout(workingDirectory)) return path.join(workingDirectory, '.argosy');
  const base = env['XDG_DATA_HOME'];
  return path.join(
    base !== undefined && path.isAbsolute(base) ? base : path.join(os.homedir(), '.local', 'share'),
    'argosy',
  );
};

const isCheckout = (directory: string): boolean => {
  const file = path.join(directory, 'package.json');
  if (!existsSync(file)) return false;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly name?: string }).name === 'argosy-workspace';
  } catch {
    // Somebody else's broken package.json is not our checkout.
    return false;
  }
};
