/**
 * Whose resources may be removed. An owner that can be seen from here is alive or dead. One that can't (another boot, PID
 * namespace or host) is judged by its last sign of life: its newest resource, or its heartbeat, a volume that a run makes
 * anew each minute. Ages are taken by the engine's clock: hosts have clocks of their own.
 */
import { LABEL, ownerState, type Labels } from './labels';

export interface Lease {
  /** How often a run gives a sign of life. */
  beatMs: number;
  /** A run that can't be seen, and has been silent for longer than this, is dead. */
  staleMs: number;
  /** The same for runs of version 0.1.0, which have no heartbeat. */
  staleWithoutBeatMs: number;
}

export const LEASE: Lease = { beatMs: 60_000, staleMs: 10 * 60_000, staleWithoutBeatMs: 24 * 3_600_000 };

export interface Found {
  kind: 'container' | 'network' | 'volume';
  id: string;
  name: string;
  labels: Labels;
  /** By the engine's clock, in milliseconds since 1970; undefined if the engine does not say. */
  createdMs?: number;
}

export interface FoundRun {
  run: string;
  /** The host that it ran on. */
  host: string;
  resources: Found[];
  /** `left`: its owner is dead. `unseen`: it may still be running. `kept`: by `--keep`. */
  state: 'alive' | 'left' | 'unseen' | 'kept';
  /** Since its last sign of life; undefined if the engine does not say. */
  silentMs?: number;
}

/** The runs that resources belong to. `nowMs`: by the engine's clock. */
export function runsOf(all: readonly Found[], nowMs: number, lease: Lease = LEASE): FoundRun[] {
  const byRun = new Map<string, Found[]>();
  for (const one of all) {
    const run = one.labels[LABEL.run] ?? '';
    byRun.set(run, [...(byRun.get(run) ?? []), one]);
  }
  return [...byRun].flatMap(([run, resources]) => {
    const silentMs = silenceOf(resources, nowMs);
    const owner = ownerOf(resources, silentMs, lease);
    const isKept = (one: Found): boolean => owner !== 'alive' && one.labels[LABEL.keep] !== undefined;
    const about = { run, host: resources[0]?.labels[LABEL.host] ?? '', silentMs };
    const rest = resources.filter((one) => !isKept(one));
    const kept = resources.filter(isKept);
    return [
      ...(rest.length > 0 ? [{ ...about, state: owner, resources: rest }] : []),
      ...(kept.length > 0 ? [{ ...about, state: 'kept' as const, resources: kept }] : []),
    ];
  });
}

function ownerOf(resources: readonly Found[], silentMs: number | undefined, lease: Lease): 'alive' | 'left' | 'unseen' {
  const states = resources.map(({ labels }) => ownerState(labels));
  if (states.includes('alive')) return 'alive';
  if (states.every((state) => state === 'dead')) return 'left';
  const hasLease = resources.some(({ labels }) => labels[LABEL.lease] !== undefined);
  return isStale(silentMs, hasLease, lease) ? 'left' : 'unseen';
}

/** Whether an owner that can't be seen has been silent for too long; never if it is not known since when. */
export function isStale(silentMs: number | undefined, hasLease: boolean, lease: Lease = LEASE): boolean {
  return silentMs !== undefined && silentMs > (hasLease ? lease.staleMs : lease.staleWithoutBeatMs);
}

function silenceOf(resources: readonly Found[], nowMs: number): number | undefined {
  const times = resources.map(({ createdMs }) => createdMs);
  if (times.some((time) => time === undefined)) return undefined;
  return nowMs - Math.max(...times.map((time) => time ?? 0));
}
