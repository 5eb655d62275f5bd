/**
 * When a container runs again, and after how long. @upstream kubernetes pkg/kubelet/container/helpers.go#ShouldContainerBeRestarted
 */
const FIRST_BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 300_000;

/** Whether a container that ended is started again. Pure. */
export const restarts = (policy: 'Always' | 'OnFailure' | 'Never', exitCode: number): boolean =>
  policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);

/** Wait before a start, by how many ended in a row before it: the first restart is at once. Pure. */
export const backOffMs = (endsInARow: number): number =>
  endsInARow <= 1 ? 0 : Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** (endsInARow - 2));

/** A run this long clears the back-off. */
export const BACK_OFF_RESET_MS = 600_000;
