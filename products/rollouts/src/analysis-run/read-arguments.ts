/**
 * What a run's arguments are worth when it measures.
 */
import { fail, messageOf, ok, type Result } from '@argosy/base';
import type { Client } from '@argosy/client';
import { isApiError, SECRETS, type ObjectKey } from '@argosy/kube';

import type { AnalysisRun } from '../api/analysis.ts';

/** Values by name, and those of them that must not be shown. */
export interface ArgumentValues {
  readonly values: Result<Readonly<Record<string, string>>, string>;
  readonly secrets: readonly string[];
}

/** Values of a run's arguments; those in Secrets are read from its own namespace, right before measuring. */
export const readArguments = async (client: Client, run: AnalysisRun): Promise<ArgumentValues> => {
  const values: Record<string, string> = {};
  const secrets: string[] = [];
  for (const argument of run.spec?.args ?? []) {
    const reference = argument.valueFrom?.secretKeyRef;
    if (argument.value !== undefined) values[argument.name] = argument.value;
    else if (reference) {
      const secret = await readSecret(
        client,
        { namespace: run.metadata.namespace ?? '', name: reference.name },
        reference.key,
      );
      if (!secret.ok) return { values: fail(`args.${argument.name}: ${secret.error}`), secrets };
      values[argument.name] = secret.value;
      secrets.push(secret.value);
    } else return { values: fail(`args.${argument.name} has no value`), secrets };
  }
  return { values: ok(values), secrets };
};

const readSecret = async (client: Client, key: ObjectKey, field: string): Promise<Result<string, string>> => {
  try {
    const value = (await client.get(SECRETS, key)).data?.[field];
    return value === undefined
      ? fail(`key '${field}' does not exist in secret '${key.name}'`)
      : ok(Buffer.from(value, 'base64').toString('utf8'));
  } catch (thrown) {
    if (isApiError(thrown, 'NotFound')) return fail(messageOf(thrown));
    throw thrown;
  }
};
