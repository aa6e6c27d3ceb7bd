/**
 * What a machine lacks, in the words of whoever noticed: etcd, its tools, the engine, or Node. A step that fails for it
 * says nothing about etcd. The texts are those of the operating system's errors as Go, C and Node print them.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatBytes } from './bytes';
import { asError, EnvironmentError, EtcdSaid, Unmet } from './errors';

export interface Shortage {
  /** Whether it is the disk that is meant, which reports then name. */
  isDisk: boolean;
  /** `the disk is full`. */
  what: string;
  /** What would mend it. */
  cure: string;
}

const DISK_CURE =
  'free some space there (`etcd-scenarios clean`, `docker system df`), or give the engine a larger disk';

const SHORTAGES: readonly (Shortage & { text: RegExp })[] = [
  { text: /no space left on device|\bENOSPC\b/i, isDisk: true, what: 'the disk is full', cure: DISK_CURE },
  { text: /disk quota exceeded|\bEDQUOT\b/i, isDisk: true, what: 'the disk quota is used up', cure: DISK_CURE },
  {
    text: /read-only file system|\bEROFS\b/i,
    isDisk: true,
    what: 'the disk can’t be written to',
    cure: 'look at the kernel’s log (`dmesg`): a file system becomes read-only after an error of its disk',
  },
  {
    text: /input\/output error|\bEIO\b/i,
    isDisk: true,
    what: 'the disk is broken',
    cure: 'look at the kernel’s log (`dmesg`) for errors of the disk',
  },
  {
    text: /too many open files|\b(EMFILE|ENFILE)\b/i,
    isDisk: false,
    what: 'there are too many open files',
    cure: 'raise the limit of open files (`ulimit -n`, the engine’s `default-ulimits`), or run fewer cases at a time: --jobs 1',
  },
  {
    text: /failed to create new OS thread|pthread_create failed|fork\/exec \S+: resource temporarily unavailable|\bspawn \S+ EAGAIN\b/i,
    isDisk: false,
    what: 'there are too many processes or threads',
    cure: 'raise the limit of processes (`ulimit -u`, the pids limit of the container that this runs in), or use --jobs 1',
  },
  {
    text: /cannot allocate memory|(runtime|fatal error): out of memory|\bENOMEM\b/i,
    isDisk: false,
    what: 'there is no memory left',
    cure: 'give the engine more memory, or run fewer cases at a time: --jobs 1',
  },
  {
    // Not Go's "cannot assign requested address": a scenario may give a member an address that it does not have.
    text: /no buffer space available|\b(EADDRNOTAVAIL|ENOBUFS)\b/i,
    isDisk: false,
    what: 'there are no ports or network buffers left',
    cure: 'run fewer cases at a time (--jobs 1), and look at `ss -s` for connections that nobody ends',
  },
];

/** What a text complains about; undefined where it is no complaint of this kind. */
export function shortageIn(text: string): Shortage | undefined {
  return SHORTAGES.find((one) => one.text.test(text));
}

/**
 * What this machine, or the member's, lacks where that is what an error says; undefined for all others. Comparisons quote
 * the scenario's own data: of those only what Node says of a call to the system counts.
 */
export function shortageBehind(thrown: unknown): EnvironmentError | undefined {
  if (thrown instanceof EnvironmentError) return undefined;
  const { message, code, path } = asError(thrown) as NodeJS.ErrnoException;
  const said =
    thrown instanceof EtcdSaid ? thrown.said : thrown instanceof Unmet ? NODE_CALL.exec(message)?.[0] : (code ?? '');
  const shortage = said === undefined ? undefined : shortageIn(said);
  if (!shortage) return undefined;
  const where = path === undefined ? '' : `; ${freeAt(path)}`;
  return new EnvironmentError(`${shortage.what}: ${message}${where}`, shortage.cure, { cause: thrown });
}

/** What is free on the file system that a path, or the nearest folder above it that exists, is on. */
function freeAt(path: string): string {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return `${path}: ${formatBytes(bavail * bsize)} of ${formatBytes(blocks * bsize)} free`;
  } catch {
    return dirname(path) === path ? `${path} can't be looked at` : freeAt(dirname(path));
  }
}

const NODE_CALL = /\b(connect|socket|open|write|read|spawn \S+) E[A-Z]+\b/;
