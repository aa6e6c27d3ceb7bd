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
  };
}

/**
 * True only where it is certain that the owner is dead: it was of this boot and PID namespace, and no process with
 * its pid and start time is left. Several CI containers share one engine; their owners can't be seen from here.
 */
export function ownerIsDead(labels: Labels): boolean {
  const boot = bootId();
  const namespace = pidNamespace();
  if (boot === '' || namespace === '') return false;
  if (labels[LABEL.boot] !== boot || labels[LABEL.pidNamespace] !== namespace) return false;
  const pid = Number(labels[LABEL.pid]);
  return Number.isInteger(pid) && pid > 0 && startTimeOf(pid) !== labels[LABEL.started];
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

/** Field 22 of /proc/PID/stat, in clock ticks since boot; undefined where there is no such process. */
function startTimeOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
