/** Bringing a tar of a root file system into the engine as an image. */
import { createReadStream } from 'node:fs';
import { abortable, reasonOf } from '../../../clock';
import { engineTrouble } from '../engine';
import type { CacheEntry } from './cache';
import { builtReference, splitReference } from './names';
import { readLines } from './progress-stream';
import type { ImageTask } from './types';

/** Imports the entry's tar as the built image of the task's version, and answers its name. */
export async function importTar(task: ImageTask, { tar, architecture }: CacheEntry): Promise<string> {
  const { docker, version, progress, signal } = task;
  const reference = builtReference(version);
  const { repository: repo, tag } = splitReference(reference);
  const changes = ['ENV PATH=/usr/local/bin'];
  // Elsewhere than on amd64, etcd before 3.5 starts only where it is told that this is meant.
  if (architecture !== 'amd64') changes.push(`ENV ETCD_UNSUPPORTED_ARCH=${architecture}`);
  progress(`importing etcd ${version} into the engine …`);
  const body = createReadStream(tar);
  const broken = new Promise<never>((_, reject) => body.once('error', reject));
  try {
    const answer = docker.importImage(body, { repo, tag, changes, abortSignal: signal });
    const stream = await abortable(Promise.race([answer, broken]), signal);
    await abortable(
      readLines(stream, () => undefined),
      signal,
    );
  } catch (thrown) {
    if (signal.aborted) throw reasonOf(signal);
    throw engineTrouble(`importing ${tar} as ${reference}`, thrown);
  } finally {
    body.destroy();
  }
  return reference;
}
