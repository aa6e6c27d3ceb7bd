/** The reports folder of a run: locked while the run lasts, and without the reports of an earlier run. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LABEL, ownerLabels, type Labels } from '../cluster/docker/labels';
import { holderOf, tryHold } from '../cluster/docker/images/lock';
import { EnvironmentError, UsageError } from '../errors';
import { makeFolders, systemTrouble } from '../plain-file';
import { earlierReports, removeEarlierReports } from '../report';

/** Held by a run that uses the folder alone. */
const LOCK = '.etcd-scenarios.lock';
/** Held by each of several runs that write logs to one folder, as jest's workers do. */
const SHARED = /^\.etcd-scenarios-[\w-]+\.lock$/;
const sharedLock = (run: string): string => `.etcd-scenarios-${run}.lock`;

/** Errors of the machine; whatever else a folder can't be used for is a wrong `--reports`. */
const BROKEN = /ENOSPC|EDQUOT|EIO|EMFILE|ENFILE/;

/** What the file system said about the reports folder: UsageError, or EnvironmentError where the machine broke. */
export function reportsTrouble(folder: string, thrown: unknown): Error {
  if (thrown instanceof UsageError || thrown instanceof EnvironmentError) return thrown;
  const { code = '' } = thrown as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'no folder can be made there (ENOENT)' : systemTrouble(thrown);
  const message = `can't write reports to ${folder}: ${why}`;
  if (BROKEN.test(code)) return new EnvironmentError(message, 'make room, or choose another folder: --reports FOLDER');
  return new UsageError(`${message}\n  hint: choose a folder that this user can write to: --reports FOLDER`);
}

/**
 * Makes and locks the folder. A run that uses it alone removes the reports of an earlier one; a run that shares it, for
 * logs, removes nothing. Returns how to let go of it. Throws
 * UsageError where another run uses the folder, or it can't be written to; EnvironmentError where the disk is full.
 */
export async function openReports(
  folder: string,
  run: string,
  { alone }: { alone: boolean },
): Promise<() => Promise<void>> {
  try {
    makeFolders(folder);
    const release = await hold(folder, alone ? LOCK : sharedLock(run), run);
    try {
      // Whoever comes second sees the first: each takes its own lock before it looks for others.
      await refuseOthers(folder, alone);
      if (alone) removeEarlierReports(folder);
    } catch (thrown) {
      await release();
      throw thrown;
    }
    return release;
  } catch (thrown) {
    throw reportsTrouble(folder, thrown);
  }
}

/**
 * Replaces the reports of an earlier run, where the folder has some that no running run uses. For a command line that is
 * wrong: it says nothing certain about the folder, so that none is made.
 */
export async function replaceReports(folder: string, run: string, write: () => void): Promise<void> {
  if (earlierReports(folder).length === 0) return;
  const release = await openReports(folder, run, { alone: true });
  try {
    write();
  } finally {
    await release();
  }
}

async function hold(folder: string, name: string, run: string): Promise<() => Promise<void>> {
  const held = await tryHold(join(folder, name), ownerLabels(run, ''));
  if ('release' in held) return held.release;
  throw inUse(folder, held.holder);
}

async function refuseOthers(folder: string, alone: boolean): Promise<void> {
  const names = alone ? (await readdir(folder)).filter((name) => SHARED.test(name)) : [LOCK];
  for (const name of names) {
    const holder = await holderOf(join(folder, name));
    if (holder !== undefined) throw inUse(folder, holder);
    if (alone) await rm(join(folder, name), { force: true });
  }
}

function inUse(folder: string, holder: Labels): UsageError {
  const { [LABEL.run]: run, [LABEL.pid]: pid, [LABEL.host]: host } = holder;
  const who = run === undefined ? 'another run' : `the run ${run} (process ${pid} on ${host})`;
  return new UsageError(
    `the reports folder ${folder} is in use by ${who}\n` +
      `  hint: wait for it to end, or give each run a folder of its own: --reports 'reports/{run}'`,
  );
}
