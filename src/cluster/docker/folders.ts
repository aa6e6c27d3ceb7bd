/** The folder of a scenario on this machine: snapshots lie in it while the scenario runs, somebody's data among them. */
import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { mkdtemp, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { LABEL, ownerState, type Labels } from './labels';
import { isStale, LEASE, type Lease } from './lease';

const PREFIX = 'etcd-scenarios-';
/** As mkdtemp makes them of the prefix. */
const NAME = /^etcd-scenarios-[A-Za-z0-9]{6}$/;
/** Says whose folder it is, as labels do in Docker. */
const OWNER = 'owner.json';
/** A folder that is empty for so long is not being made or removed. */
const EMPTY_MS = 10 * 60_000;

/** The folders of this process. */
const own = new Set<string>();

/** A new folder that its owner alone can read. */
export async function makeFolder(labels: Labels): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  try {
    await writeFile(join(folder, OWNER), JSON.stringify(labels), { mode: 0o600 });
  } catch (thrown) {
    await rmdir(folder).catch(() => undefined);
    throw thrown;
  }
  own.add(folder);
  return folder;
}

/** A sign of life for those that can't see this process (lease.ts). */
export function refreshFolders(): void {
  const now = new Date();
  for (const folder of own) {
    try {
      utimesSync(join(folder, OWNER), now, now);
    } catch {
      // It was removed with its case.
      own.delete(folder);
    }
  }
}

/** The folders of killed runs, also of those that ended while they made or removed it. */
export async function findDeadFolders(lease: Lease = LEASE): Promise<string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  return names
    .filter((name) => isDead(join(tmpdir(), name), lease) || (NAME.test(name) && isForsaken(join(tmpdir(), name))))
    .map((name) => join(tmpdir(), name));
}

/** Removes them, and answers which they were. */
export async function removeDeadFolders(lease?: Lease): Promise<string[]> {
  const dead = await findDeadFolders(lease);
  await Promise.all(dead.map((folder) => rm(folder, { recursive: true, force: true })));
  return dead;
}

/** What does not say whose it is, or can't be read, is not ours to remove. */
function isDead(folder: string, lease: Lease): boolean {
  try {
    const file = join(folder, OWNER);
    const labels = JSON.parse(readFileSync(file, 'utf8')) as Labels;
    const state = ownerState(labels);
    if (state !== 'unknown') return state === 'dead';
    return isStale(Date.now() - statSync(file).mtimeMs, labels[LABEL.lease] !== undefined, lease);
  } catch {
    return false;
  }
}

/** This user's, private, empty, and not of just now: its run was killed between the folder and what says whose it is. */
function isForsaken(folder: string): boolean {
  try {
    const { mtimeMs, mode, uid } = statSync(folder);
    const isOwn = uid === userInfo().uid && (mode & 0o777) === 0o700;
    return isOwn && Date.now() - mtimeMs > EMPTY_MS && readdirSync(folder).length === 0;
  } catch {
    return false;
  }
}
