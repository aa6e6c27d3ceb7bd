/**
 * Whose container, network or volume it is. Everything made in Docker carries these labels; nothing without them is
 * ever touched.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

const PREFIX = 'etcd-scenarios';
export const LABEL = {
  run: `${PREFIX}.run`,
  case: `${PREFIX}.case`,
  host: `${PREFIX}.owner.host`,
  boot: `${PREFIX}.owner.boot`,
  pidNamespace: `${PREFIX}.owner.pidns`,
  pid: `${PREFIX}.owner.pid`,
  started: `${PREFIX}.owner.started`,
  created: `${PREFIX}.created`,
  keep: `${PREFIX}.keep`,
  /** Made by a version whose runs give signs of life (lease.ts). */
  lease: `${PREFIX}.lease`,
  /** A volume that is nothing but a sign of life. */
  heartbeat: `${PREFIX}.heartbeat`,
} as const;

export type Labels = Record<string, string>;

/**
 * The labels of everything that this process makes for a case. With `keep` it may outlive its owner: only `clean`
 * removes it then.
 */
export function ownerLabels(run: string, caseId: string, keep = false): Labels {
  return {
    ...(keep ? { [LABEL.keep]: 'true' } : {}),
    [LABEL.run]: run,
    [LABEL.case]: caseId,
    [LABEL.host]: hostname(),
    [LABEL.boot]: bootId(),
    [LABEL.pidNamespace]: pidNamespace(),
    [LABEL.pid]: String(process.pid),
    [LABEL.started]: startTimeOf(process.pid) ?? '',
    [LABEL.created]: new Date().toISOString(),
    [LABEL.lease]: 'true',
  };
}

/**
 * What is certain about an owner: `unknown` where it was of another boot or PID namespace, for several CI containers
 * share one engine, and their processes can't be seen from here.
 */
export function ownerState(labels: Labels): 'alive' | 'dead' | 'unknown' {
  const boot = bootId();
  const namespace = pidNamespace();
  if (boot === '' || namespace === '') return 'unknown';
  if (labels[LABEL.boot] !== boot || labels[LABEL.pidNamespace] !== namespace) return 'unknown';
  const pid = Number(labels[LABEL.pid]);
  if (!Number.isInteger(pid) || pid <= 0) return 'unknown';
  return startTimeOf(pid) === labels[LABEL.started] ? 'alive' : 'dead';
}

/** True only where it is certain that no process with the owner's pid and start time is left. */
export function ownerIsDead(labels: Labels): boolean {
  return ownerState(labels) === 'dead';
}

function bootId(): string {
  return read('/proc/sys/kernel/random/boot_id');
}

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/**
 * Field 22 of /proc/PID/stat, in clock ticks since boot; undefined where there is no such process. One that has ended
 * and that nobody has reaped (Z, X) is none.
 */
function startTimeOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === '' || state === 'Z' || state === 'X' ? undefined : fields[18];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
