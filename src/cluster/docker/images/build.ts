/** Images that are built here: from the cache, or anew. */
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../../clock';
import { makeFolders } from '../../../plain-file';
import { archive } from './archive';
import { buildRoot } from './builder';
import { cacheCall, defaultCacheDir, isWhole, entryOf, store, type CacheEntry } from './cache';
import { importTar } from './import';
import { withLock } from './lock';
import { engineArchitecture, presentReference } from './present';
import type { ImageRef, ImageTask } from './types';

/** The image as the cache has it; undefined where it has none that is whole. */
export async function fromCache(task: ImageTask): Promise<ImageRef | undefined> {
  const entry = await entryFor(task);
  // A machine that pulls its images needs no cache, and none that can be written to.
  if (!existsSync(entry.tar)) return undefined;
  return locked(task, entry, () => importCached(task, entry));
}

/** Builds the image, unless another run did so while this one waited for its turn. */
export async function fromBuild(task: ImageTask): Promise<ImageRef> {
  const { version } = task;
  const entry = await entryFor(task);
  return locked(task, entry, async () => {
    const reference = await presentReference(task.docker, version);
    if (reference !== undefined) return { version, reference, from: 'present' };
    const cached = await importCached(task, entry);
    if (cached !== undefined) return cached;
    await fill(task, entry);
    return { version, reference: await importTar(task, entry), from: 'build' };
  });
}

async function entryFor(task: ImageTask): Promise<CacheEntry> {
  const architecture = await engineArchitecture(task.docker);
  return entryOf(task.options.cacheDir ?? defaultCacheDir(), task.version, architecture);
}

async function locked<T>(task: ImageTask, entry: CacheEntry, work: () => Promise<T>): Promise<T> {
  const waiting = (): void => task.progress(`another run is building etcd ${task.version}; waiting`);
  return cacheCall(entry.folder, async () => {
    makeFolders(entry.folder);
    return withLock(entry.lock, waiting, task.signal, work);
  });
}

async function importCached(task: ImageTask, entry: CacheEntry): Promise<ImageRef | undefined> {
  if (!(await isWhole(entry, task.progress))) return undefined;
  const { version } = task;
  return { version, reference: await importTar(task, entry), from: 'cache' };
}

/** Builds into the cache. What an interrupted build left in the scratch folder is removed first. */
async function fill(task: ImageTask, entry: CacheEntry): Promise<void> {
  const { scratch } = entry;
  const [root, tar] = [join(scratch, 'root'), join(scratch, 'image.tar')];
  try {
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch);
    await buildRoot(task, root, entry.architecture);
    await archive(root, tar, task.signal);
    await store(entry, tar);
  } catch (thrown) {
    throw task.signal.aborted ? reasonOf(task.signal) : thrown;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
