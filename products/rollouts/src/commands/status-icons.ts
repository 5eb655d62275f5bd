/**
 * Statuses with the icons that users of the plugin know.
 */

/** Status icons, as users of the plugin know them. */
const ICONS: Readonly<Record<string, string>> = {
  Healthy: '✔',
  Successful: '✔',
  Running: '✔',
  Succeeded: '✔',
  Completed: '✔',
  Paused: '॥',
  Degraded: '✖',
  Failed: '✖',
  Error: '⚠',
  Inconclusive: '?',
  Progressing: '◌',
  Pending: '◌',
  ScaledDown: '•',
};

/** Icon and name of a status. */
export const withIcon = (status: string): string => `${ICONS[status] ?? '◌'} ${status}`;
