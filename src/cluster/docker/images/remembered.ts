/** Answers of the network that are kept for a while, in the cache folder. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asError, EnvironmentError } from '../../../errors';
import { makeFolders } from '../../../plain-file';

/** etcd is released every few weeks. */
const KEPT_MS = 12 * 3_600_000;
/** A network that was not there may be back. */
const FAILURE_KEPT_MS = 5 * 60_000;

interface Kept<T> {
  at: number;
  answer?: T;
  failure?: string;
}

/** The answer that is kept under this name while it is fresh, else a new one. Failures are kept as well, shorter. */
export async function remembered<T>(folder: string, name: string, ask: () => Promise<T>, now = Date.now()): Promise<T> {
  const file = join(folder, `versions-${name}.json`);
  const kept = await read<T>(file);
  const age = kept === undefined ? Infinity : now - kept.at;
  if (kept?.answer !== undefined && age >= 0 && age < KEPT_MS) return kept.answer;
  if (kept?.failure !== undefined && age >= 0 && age < FAILURE_KEPT_MS) throw new EnvironmentError(kept.failure);
  try {
    const answer = await ask();
    await keep(folder, file, { at: now, answer });
    return answer;
  } catch (thrown) {
    if (thrown instanceof EnvironmentError) await keep(folder, file, { at: now, failure: asError(thrown).message });
    throw thrown;
  }
}

async function read<T>(file: string): Promise<Kept<T> | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept<T>;
  } catch {
    // Not there, or half written by an older tool: asked anew.
    return undefined;
  }
}

/** A folder that can't be written to costs the next run another look, and nothing else. */
async function keep(folder: string, file: string, kept: Kept<unknown>): Promise<void> {
  const scratch = `${file}.${process.pid}`;
  try {
    makeFolders(folder);
    await writeFile(scratch, JSON.stringify(kept));
    await rename(scratch, file);
  } catch {
    return;
  }
}
