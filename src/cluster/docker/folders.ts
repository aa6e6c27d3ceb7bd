/** The folder of a scenario on this machine: snapshots lie in it while the scenario runs, somebody's data among them. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ownerIsDead, type Labels } from './labels';

const PREFIX = 'etcd-scenarios-';
/** As mkdtemp makes them of the prefix. */
const NAME = /^etcd-scenarios-[A-Za-z0-9]{6}$/;
/** Says whose folder it is, as labels do in Docker. */
const OWNER = 'owner.json';
/** A folder that is empty for so long is not being made or removed. */
const EMPTY_MS = 10 * 60_000;

/** A new folder that its owner alone can read. */
export async function makeFolder(labels: Labels): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  try {
    await writeFile(join(folder, OWNER), JSON.stringify(labels), { mode: 0o600 });
  } catch (thrown) {
    await rmdir(folder).catch(() => undefined);
    throw thrown;
  }
  return folder;
}

/** The folders of runs that are certainly dead, also of those that ended while they made or removed it. */
export async function findDeadFolders(): Promise<string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  return names
    .filter((name) => isDead(join(tmpdir(), name)) || (NAME.test(name) && isForsaken(join(tmpdir(), name))))
    .map((name) => join(tmpdir(), name));
}

/** Removes them, and answers which they were. */
export async function removeDeadFolders(): Promise<string[]> {
  const dead = await findDeadFolders();
  await Promise.all(dead.map((folder) => rm(folder, { recursive: true, force: true })));
  return dead;
}

/** What does not say whose it is, or can't be read, is not ours to remove. */
function isDead(folder: string): boolean {
  try {
    return ownerIsDead(JSON.parse(readFileSync(join(folder, OWNER), 'utf8')) as Labels);
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
