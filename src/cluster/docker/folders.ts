/** The folder of a scenario on this machine: snapshots lie in it while the scenario runs, somebody's data among them. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerIsDead, type Labels } from './labels';

const PREFIX = 'etcd-scenarios-';
/** Says whose folder it is, as labels do in Docker. */
const OWNER = 'owner.json';

/** A new folder that its owner alone can read. */
export async function makeFolder(labels: Labels): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), PREFIX));
  await writeFile(join(folder, OWNER), JSON.stringify(labels), { mode: 0o600 });
  return folder;
}

/** Removes the folders of runs that are certainly dead, and answers which they were. */
export async function removeDeadFolders(): Promise<string[]> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  const dead = names.map((name) => join(tmpdir(), name)).filter((folder) => isDead(folder));
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
