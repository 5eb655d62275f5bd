/**
 * What users are told of a platform that has started.
 */
import path from 'node:path';

import type { PlatformOptions } from './platform-options.ts';

/** Where everything is, a line each. */
export const describePlatform = (of: {
  readonly url: string;
  readonly kubeUrl: string;
  readonly gatewayUrl: string;
  readonly kubeconfig: string;
  readonly folder: string;
  readonly options: PlatformOptions;
}): readonly string[] => [
  `  platform    ${of.url}`,
  `  kubernetes  ${of.kubeUrl}`,
  `  gateway     ${of.gatewayUrl}`,
  `  kubeconfig  ${of.kubeconfig}`,
  `  git         ${of.url}/git/NAME.git (bare repositories in ${path.join(of.folder, 'git')})`,
  of.options.inMemory ? '  data        in memory, gone at the end' : `  data        ${of.folder}`,
];
