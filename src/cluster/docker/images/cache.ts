/** The folder that keeps the images that were built, as tar files with their checksums. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { EnvironmentError, asError } from '../../../errors';

/** The files of one version and architecture. */
export interface CacheEntry {
  folder: string;
  architecture: string;
  tar: string;
  /** As `sha256sum -c` reads it. */
  checksum: string;
  lock: string;
  /** Scratch space; whoever holds the lock may empty it. */
  scratch: string;
}

/** The user's cache folder: `$ETCD_SCENARIOS_CACHE`, `$XDG_CACHE_HOME/etcd-scenarios`, `~/.cache/etcd-scenarios`. */
export function defaultCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  if (env['ETCD_SCENARIOS_CACHE']) return env['ETCD_SCENARIOS_CACHE'];
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'etcd-scenarios');
}

/** Names the files of an entry. */
export function entryOf(folder: string, version: string, architecture: string): CacheEntry {
  const stem = join(folder, `etcd-${version}-linux-${architecture}`);
  const tar = `${stem}.tar`;
  return { folder, architecture, tar, checksum: `${tar}.sha256`, lock: `${stem}.lock`, scratch: `${stem}.build` };
}

/** True where the entry is there and whole. A damaged one is thrown away. */
export async function isWhole(entry: CacheEntry, progress: (message: string) => void): Promise<boolean> {
  const [expected, actual] = await Promise.all([readChecksum(entry), hashOf(entry.tar).catch(() => undefined)]);
  if (expected !== undefined && expected === actual) return true;
  if (expected === undefined && actual === undefined) return false;
  progress(`${entry.tar} is damaged; it is thrown away`);
  await discard(entry);
  return false;
}

/** Moves a finished tar into the cache. The checksum comes last: without it the entry does not count. */
export async function store(entry: CacheEntry, finishedTar: string): Promise<void> {
  const hash = await hashOf(finishedTar);
  const checksum = join(entry.scratch, 'checksum');
  await writeFile(checksum, `${hash}  ${basename(entry.tar)}\n`);
  await discard(entry);
  await rename(finishedTar, entry.tar);
  await rename(checksum, entry.checksum);
}

/** Runs one piece of work on the cache's files; what goes wrong there is the environment's trouble. */
export async function cacheCall<T>(folder: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    const { code, syscall } = thrown as NodeJS.ErrnoException;
    if (code === undefined || syscall === undefined) throw thrown;
    const cure = code === 'ENOSPC' ? 'free some disk space' : 'let it be written to';
    throw new EnvironmentError(
      `the image cache ${folder} cannot be used: ${asError(thrown).message}`,
      `${cure}, or set ETCD_SCENARIOS_CACHE to another folder`,
      { cause: thrown },
    );
  }
}

async function discard(entry: CacheEntry): Promise<void> {
  await rm(entry.checksum, { force: true });
  await rm(entry.tar, { force: true });
}

async function readChecksum(entry: CacheEntry): Promise<string | undefined> {
  const text = await readFile(entry.checksum, 'utf8').catch(() => undefined);
  return text?.split(/\s/)[0];
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
