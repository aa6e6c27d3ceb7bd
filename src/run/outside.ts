/** Snapshots from outside: whether each is sound and fits, found before anything starts. */
import { basename } from 'node:path';
import { inspectSnapshot, type SnapshotFile } from '../cluster/snapshot-file';
import { asError, type Problem } from '../errors';
import { formatBytes } from '../bytes';
import { isNullText, valueOf, type Node } from '../scenario/node';
import { problemOf as stepProblem } from '../scenario/step-problem';
import { outsideFiles, type OutsideFile } from '../scenario/paths';
import { allSteps, type LoadedStep, type Scenario } from '../scenario/scenario';
import type { PlannedCase } from './plan';

/** What etcd allows a member's database where `quota-backend-bytes` says nothing (etcd's server/storage/quota.go). */
const DEFAULT_QUOTA_BYTES = 2 * 1024 ** 3;
/** A member's log takes this much of a disk at once: two segments of 64 MB (etcd's wal.go). */
const WAL_BYTES = 2 * 64 * 1000 ** 2;

/** True where a drill reads a snapshot from outside: what is in it is somebody's data. */
export function readsOutside(scenario: Pick<Scenario, 'steps' | 'finally'>): boolean {
  return outsideFiles([...scenario.steps, ...scenario.finally]).length > 0;
}

/** What is wrong with the files from outside that these cases read, each problem once, at its place. */
export async function outsideProblems(cases: readonly PlannedCase[]): Promise<Problem[]> {
  const scenarios = new Set(cases.filter(({ skip }) => skip === undefined).map(({ scenario }) => scenario));
  const looks = new Map<string, Promise<SnapshotFile | Error>>();
  const look = (path: string): Promise<SnapshotFile | Error> => {
    const known = looks.get(path) ?? inspectSnapshot(path, { checkHash: true }).catch(asError);
    looks.set(path, known);
    return known;
  };
  const problems: Problem[] = [];
  for (const scenario of scenarios) {
    const told = new Set<string>();
    for (const file of outsideFiles([...scenario.steps, ...scenario.finally])) {
      // A step that has to fail is there to show what etcd says of it; one file is one mistake.
      if (file.step.modifiers.expectError !== undefined || told.has(file.path)) continue;
      const problem = problemOf(file, await look(file.path), scenario);
      if (!problem) continue;
      told.add(file.path);
      problems.push(problem);
    }
  }
  return problems;
}

function problemOf(file: OutsideFile, found: SnapshotFile | Error, scenario: Scenario): Problem | undefined {
  const { at, step } = file;
  const name = basename(file.path);
  const tell = (message: string, hint?: string): Problem => stepProblem(step, at, 'file', message, hint);
  if (found instanceof Error) return tell(`can't read ${name}: ${found.message}`);
  const { damage, hasHash, databaseBytes } = found;
  const isUnchecked = step.step.name === 'restore' && argument(step, 'skipHashCheck') === 'true';
  if (damage !== undefined && !(isUnchecked && damage.includes('SHA-256')))
    return tell(`${name} can't be used: ${damage}`);
  if (!hasHash && step.step.name === 'restore' && !isUnchecked) {
    const message = `${name} has no SHA-256 at its end: it is a database file copied from a disk, not what \`snapshot save\` wrote`;
    return tell(message, 'take one with `etcdctl snapshot save`; or say `skipHashCheck: true`, and nobody checks it');
  }
  const quota = largestQuota(scenario);
  if (databaseBytes <= quota || step.step.name !== 'restore') return undefined;
  const message = `${name} has ${formatBytes(databaseBytes)}, and the members' quota is ${formatBytes(quota)}: etcd would raise NOSPACE at the first write`;
  return tell(
    message,
    `set \`flags: {quota-backend-bytes: ${roomFor(databaseBytes)}}\`, as the cluster that it is from has it`,
  );
}

/** The most that any start of the drill allows, in bytes. */
function largestQuota({ flagsNode, steps }: Scenario): number {
  const own = allSteps(steps).flatMap(({ args }) => {
    const flags = args.kind === 'map' ? valueOf(args, 'flags') : undefined;
    return flags ? (quotaIn(flags) ?? []) : [];
  });
  return Math.max(quotaIn(flagsNode) ?? DEFAULT_QUOTA_BYTES, ...own);
}

/** 0 is the default, and less than 0 no quota at all. */
function quotaIn(flags: Node | undefined): number | undefined {
  const value = flags?.kind === 'map' ? valueOf(flags, 'quota-backend-bytes') : undefined;
  if (value?.kind !== 'scalar' || isNullText(value.text)) return undefined;
  const bytes = Number(value.text);
  if (Number.isNaN(bytes)) return undefined;
  return bytes < 0 ? Infinity : bytes === 0 ? DEFAULT_QUOTA_BYTES : bytes;
}

/** Twice the size, in whole GiB. */
function roomFor(bytes: number): number {
  return Math.ceil((bytes * 2) / 1024 ** 3) * 1024 ** 3;
}

function argument({ args }: LoadedStep, key: string): string | undefined {
  const value = args.kind === 'map' ? valueOf(args, key) : undefined;
  return value?.kind === 'scalar' ? value.text : undefined;
}

export interface DiskNeed {
  /** What is restored, for the message. */
  name: string;
  members: number;
  /** On the engine's disk: each member's data and log, and the copy that its tool reads. */
  engineBytes: number;
  /** In this machine's folder for temporary files: a copy for each step under way. */
  localBytes: number;
}

/** What each case's largest restore takes of the disks; empty where nothing comes from outside. */
export async function diskNeeds(cases: readonly PlannedCase[]): Promise<DiskNeed[]> {
  const needs: DiskNeed[] = [];
  for (const { scenario, skip } of cases) {
    if (skip !== undefined) continue;
    const members = scenario.members.length;
    const files = outsideFiles([...scenario.steps, ...scenario.finally]).filter(
      ({ step }) => step.step.name === 'restore',
    );
    const sizes = await Promise.all(
      files.map(async ({ path }) => ({
        path,
        bytes: (await inspectSnapshot(path, { checkHash: false })).databaseBytes,
      })),
    );
    const largest = sizes.toSorted((a, b) => b.bytes - a.bytes)[0];
    if (!largest) continue;
    needs.push({
      name: basename(largest.path),
      members,
      engineBytes: members * (2 * largest.bytes + WAL_BYTES),
      localBytes: largest.bytes,
    });
  }
  return needs;
}
