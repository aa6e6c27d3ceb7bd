/** One holder at a time among the processes of this machine, by a file that only one of them can create. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, open, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { poll } from '../../../clock';
import { ownerIsDead, ownerLabels, ownerState, type Labels } from '../labels';

const BEAT_MS = 5_000;
/** A holder that can't be looked at (another container, no /proc) counts as dead when it has not been heard for so long. */
const SILENT_MS = 60_000;

/** Runs the work while holding the lock. `waiting` is called once if another process holds it. */
export async function withLock<T>(
  file: string,
  waiting: () => void,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const release = await holdOneOf([file], waiting, signal);
  try {
    return await work();
  } finally {
    await release();
  }
}

/** Takes one of several locks, and answers how to let go of it: no more hold one at a time than there are files. */
export async function holdOneOf(
  files: readonly string[],
  waiting: () => void,
  signal: AbortSignal,
): Promise<() => Promise<void>> {
  const text = JSON.stringify({ ...ownerLabels('', ''), token: randomUUID() });
  const file = await acquire(files, text, waiting, signal);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    if ((await readHolder(file)) === text) await rm(file, { force: true });
  };
}

/** How often a lock is tried whose file comes and goes. */
const TRIES = 5;

export type Held =
  | { release: () => Promise<void> }
  /** Empty if the holder does not say who it is. */
  | { holder: Labels };

/**
 * Takes the lock if nobody holds it, without waiting; otherwise returns who does. A holder that is certainly dead is
 * replaced, and so is one that can't be seen from here and has been silent for a minute. Throws the system's error.
 */
export async function tryHold(file: string, labels: Labels): Promise<Held> {
  const text = JSON.stringify({ ...labels, token: randomUUID() });
  for (let tries = 1; ; tries++) {
    if (await create(file, text)) return { release: await keepAlive(file, text) };
    const holder = await readHolder(file);
    const isFree = holder !== undefined && (await isOver(file, holder));
    if (isFree) await removeDead(file, holder);
    if (holder !== undefined && (!isFree || tries === TRIES)) return { holder: labelsIn(holder) };
  }
}

/** Who holds the lock now; undefined if nobody does. */
export async function holderOf(file: string): Promise<Labels | undefined> {
  const holder = await readHolder(file);
  return holder === undefined || (await isOver(file, holder)) ? undefined : labelsIn(holder);
}

/** Written through the open file: a lock that another process took over meanwhile is another file. */
async function keepAlive(file: string, text: string): Promise<() => Promise<void>> {
  const handle = await open(file, 'r+');
  const beat = setInterval(() => void handle.write(text, 0).catch(() => undefined), BEAT_MS);
  beat.unref();
  return async () => {
    clearInterval(beat);
    await handle.close();
    if ((await readHolder(file)) === text) await rm(file, { force: true });
  };
}

/** An owner in another PID namespace, or on another host, is judged by its silence. */
async function isOver(file: string, holder: string): Promise<boolean> {
  const labels = labelsIn(holder);
  const state = ownerState(labels);
  return state === 'dead' || (state === 'unknown' && (await silentFor(file)) > SILENT_MS);
}

/** Milliseconds since the file was written, by the clock of the file system: hosts that share one have clocks of their own. */
async function silentFor(file: string): Promise<number> {
  const probe = `${file}.${randomUUID()}`;
  try {
    await writeFile(probe, '');
    const [now, then] = [await stat(probe), await stat(file)];
    return now.mtimeMs - then.mtimeMs;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw thrown;
  } finally {
    await rm(probe, { force: true });
  }
}

function labelsIn(holder: string): Labels {
  try {
    const labels: unknown = JSON.parse(holder);
    return typeof labels === 'object' && labels !== null ? (labels as Labels) : {};
  } catch {
    return {};
  }
}

async function acquire(
  files: readonly string[],
  text: string,
  waiting: () => void,
  signal: AbortSignal,
): Promise<string> {
  const attempts = files.map((file) => attemptsAt(file, text));
  let said = false;
  const look = async (): Promise<string | undefined> => {
    for (const attempt of attempts) {
      const file = await attempt();
      if (file !== undefined) return file;
    }
    if (!said) waiting();
    said = true;
    return undefined;
  };
  return (await poll(look, { withinMs: Infinity, signal })) ?? '';
}

/** Each call tries once to take the lock, and answers its file where that was possible. */
function attemptsAt(file: string, text: string): () => Promise<string | undefined> {
  const silent = silenceOf(file);
  return async () => {
    if (await create(file, text)) return file;
    const holder = await readHolder(file);
    if (holder === undefined || !(isDead(holder) || (await silent()))) return undefined;
    await removeDead(file, holder);
    return (await create(file, text)) ? file : undefined;
  };
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw thrown;
  }
}

async function readHolder(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

function isDead(holder: string): boolean {
  return ownerIsDead(labelsIn(holder));
}

/** True once the file has not been touched for long, by our own watch: clocks differ, and machines sleep. */
function silenceOf(file: string): () => Promise<boolean> {
  let seen = { touched: -1, at: 0 };
  return async () => {
    const touched = await stat(file).then(
      (found) => found.mtimeMs,
      () => -1,
    );
    if (touched !== seen.touched) seen = { touched, at: performance.now() };
    return performance.now() - seen.at > SILENT_MS;
  };
}

/** Another process may have taken the dead one's place since we looked: what was moved aside is looked at again. */
async function removeDead(file: string, holder: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw thrown;
  }
  if ((await readHolder(aside)) !== holder) {
    await copyFile(aside, file, constants.COPYFILE_EXCL).catch(() => undefined);
  }
  await rm(aside, { force: true });
}
