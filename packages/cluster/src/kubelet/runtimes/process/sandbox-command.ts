/**
 * The command that runs one container in namespaces of its own: an overlay over the host's root, so that any path can
 * be placed before and collected after without touching the host; a private /tmp; processes that end together.
 * It keeps containers out of each other's way; it is no defence against a program that means harm.
 */

/** A folder or file of this machine at a path of the container; sorted so that outer paths come first. */
export interface SandboxMount {
  readonly hostPath: string;
  /** Absolute, free of symbolic links; the caller has made the mount point in `upper` or in an outer mount. */
  readonly containerPath: string;
  readonly readOnly: boolean;
  /** Folder with `upper` and `work`: a layer over the host's path, so that mount points can be made in it. */
  readonly layer?: string;
}

/** Everything the command needs. The folders exist. */
export interface Sandbox {
  /** Mount point of the container's root. */
  readonly root: string;
  /** Takes what the container writes; lies on a file system that overlayfs accepts. */
  readonly upper: string;
  /** Empty, on the same file system as `upper`. */
  readonly work: string;
  readonly mounts: readonly SandboxMount[];
  /** Whether this machine's `mount` makes a bind read-only at once; small ones take a second call, and each costs milliseconds. */
  readonly bindsReadOnly: boolean;
  /** Absolute path inside the container. */
  readonly workingDir: string;
  readonly command: readonly string[];
  /** A process whose process tree the command joins; without it the command has one of its own. */
  readonly joins?: number;
  /** Host name of its own; without it the machine's, or that of the tree it joins. */
  readonly hostname?: string;
  /** Folder whose mounts, whoever they are for, this container neither sees nor keeps; absent when there are none. */
  readonly drops?: string;
  /** Whom the command becomes, e.g. `1000:1000`; without it nobody else. */
  readonly userSpec?: string;
}

/** Fixed text: whatever varies arrives as positional parameters, never as shell source. */
const SCRIPT = `set -e
root=$1 upper=$2 work=$3 user=$4 name=$5 drops=$6 count=$7
shift 7
mount -t overlay overlay -o "lowerdir=/,upperdir=$upper,workdir=$work" "$root"
mount -t proc proc "$root/proc"
[ -z "$name" ] || echo "$name" > "$root/proc/sys/kernel/hostname" 2>/dev/null || true
mount --rbind /dev "$root/dev"
while [ "$count" -gt 0 ]; do
  case "$3" in
    ro) mount -o bind,ro "$1" "$root$2" ;;
    ro-later) mount --bind "$1" "$root$2"; mount -o remount,bind,ro "$root$2" ;;
    rw) mount --bind "$1" "$root$2" ;;
    *) mount -t overlay overlay -o "lowerdir=$1,upperdir=$3/upper,workdir=$3/work" "$root$2" 2>/dev/null ||
      mount --bind "$3/upper" "$root$2" ;;
  esac
  shift 3
  count=$((count - 1))
done
set +e
[ -z "$drops" ] || for dropped in "$drops"/*; do umount -l "$dropped" 2>/dev/null; done
enter='cd "$1" || exit 126; shift; exec "$@"'
if [ -n "$user" ]; then chroot --userspec="$user" --groups='' "$root" /bin/sh -c "$enter" sh "$@"
else chroot "$root" /bin/sh -c "$enter" sh "$@"; fi
exit $?`;

/** Characters that overlayfs reads as separators in its options. */
const UNUSABLE = /[,:\\]/;

/** Why these folders cannot hold a sandbox; `undefined` when they can. */
export const findSandboxObstacle = (sandbox: Pick<Sandbox, 'upper' | 'work'>): string | undefined => {
  const unusable = [sandbox.upper, sandbox.work].find(isUnusableInOverlay);
  return unusable === undefined ? undefined : `overlayfs cannot use ${unusable}: choose a folder without "," ":" "\\"`;
};

/** Whether overlayfs would misread this path. Pure. */
export const isUnusableInOverlay = (path: string): boolean => UNUSABLE.test(path);

/** The program and arguments to spawn. Killing the spawned process kills everything inside. Needs CAP_SYS_ADMIN. Pure. */
export const toSandboxCommand = (sandbox: Sandbox): readonly [string, ...string[]] => [
  ...entryOf(sandbox),
  '/bin/sh',
  '-c',
  SCRIPT,
  'sh',
  sandbox.root,
  sandbox.upper,
  sandbox.work,
  sandbox.userSpec ?? '',
  sandbox.hostname ?? '',
  sandbox.drops ?? '',
  String(sandbox.mounts.length),
  ...sandbox.mounts.flatMap((mount) => [mount.hostPath, mount.containerPath, modeOf(sandbox, mount)]),
  sandbox.workingDir,
  ...sandbox.command,
];

/** Who joins another tree ends with its process group, and with that tree at the latest. */
const entryOf = ({ joins, hostname }: Sandbox): readonly [string, ...string[]] =>
  joins === undefined
    ? ['unshare', '--mount', '--pid', ...(hostname ? ['--uts'] : []), '--fork', '--kill-child', '--']
    : ['nsenter', `--target=${joins}`, '--pid', '--uts', '--', 'unshare', '--mount', '--'];

const modeOf = ({ bindsReadOnly }: Sandbox, { layer, readOnly }: SandboxMount): string =>
  layer ?? (readOnly ? (bindsReadOnly ? 'ro' : 'ro-later') : 'rw');
