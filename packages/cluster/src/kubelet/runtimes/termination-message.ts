/**
 * What a container leaves to say why it ended: a file it writes, or the end of its log. Pure.
 * @upstream kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go#getTerminationMessage
 */
import type { Container } from '@argosy/kube';

/** Bytes of a message that are shown. @upstream kubernetes pkg/kubelet/container/runtime.go#MaxContainerTerminationMessageLength */
export const LONGEST_MESSAGE = 4096;
/** @upstream kubernetes pkg/kubelet/container/runtime.go#MaxContainerTerminationMessageLogLength, …LogLines */
const LONGEST_FROM_LOG = 2048;
const MOST_LINES_FROM_LOG = 80;

/** Where a container may write its message. */
export const terminationMessagePathOf = (container: Container): string =>
  container.terminationMessagePath ?? '/dev/termination-log';

/** Whether the end of the log stands in for an empty message of a container that failed. */
export const isMessageFromLog = (container: Container): boolean =>
  (container as { readonly terminationMessagePolicy?: unknown }).terminationMessagePolicy === 'FallbackToLogsOnError';

/** The message of a container that has ended; empty when it has none. */
export const terminationMessage = (of: {
  readonly written: Uint8Array;
  readonly isFromLog: boolean;
  readonly exitCode: number;
  readonly log: string;
}): string => {
  if (of.written.length > 0) return new TextDecoder().decode(of.written.subarray(0, LONGEST_MESSAGE));
  if (!of.isFromLog || of.exitCode === 0) return '';
  const lines = of.log.split(/(?<=\n)/).slice(-MOST_LINES_FROM_LOG);
  return lines.join('').slice(-LONGEST_FROM_LOG);
};
