/** Several images as one file, for machines without a network: what `docker save` writes and `docker load` reads. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { extract } from 'tar-stream';
import { asError, UsageError } from '../../../errors';
import { engineCall } from '../engine';
import { versionOfReference } from './names';

/** Writes the images to a file that must not exist yet; nothing is left of it where that fails. */
export async function saveImages(
  docker: Dockerode,
  references: readonly string[],
  file: string,
  signal: AbortSignal,
): Promise<void> {
  if (existsSync(file)) throw new UsageError(`${file} is there already, and nothing is overwritten`);
  const partial = `${file}.partial`;
  try {
    const names = [...references];
    const stream = await engineCall('save the images', () => imagesOf(docker, names));
    await pipeline(stream, createWriteStream(partial, { flags: 'wx' }), { signal });
    await rename(partial, file);
  } catch (thrown) {
    await rm(partial, { force: true });
    if (signal.aborted || !(asError(thrown) as NodeJS.ErrnoException).code?.startsWith('E')) throw thrown;
    throw new UsageError(`can't write ${file}: ${asError(thrown).message}`);
  }
}

/**
 * Loads what `saveImages` wrote, and answers the references. Before anything is loaded the file is looked through: one
 * that is cut off, or holds anything but images of etcd, is refused. The engine checks each layer against its hash.
 */
export async function loadImages(
  docker: Dockerode,
  file: string,
  options: { template: string | undefined; signal: AbortSignal },
): Promise<string[]> {
  const references = await referencesIn(file, options.signal);
  const strange = references.find((reference) => versionOf(reference, options.template) === undefined);
  if (strange !== undefined) throw new UsageError(`${file} holds ${strange}, which is no image of etcd by its name`);
  const answer = await engineCall('load the images', async () =>
    text((await docker.loadImage(createReadStream(file))) as unknown as Readable),
  );
  const error = /"error":"((?:[^"\\]|\\.)*)"/.exec(answer)?.[1];
  if (error !== undefined) throw new UsageError(`the engine refuses ${file}: ${error}`);
  return references;
}

function versionOf(reference: string, template: string | undefined): string | undefined {
  const known = versionOfReference(reference);
  return known ?? (template === undefined ? undefined : versionOfReference(reference, template));
}

/** dockerode has no call for several images at once; its modem cuts off the last character of a path with a query. */
function imagesOf(docker: Dockerode, names: string[]): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    const request = {
      path: `/images/get?names=${names.map(encodeURIComponent).join('&names=')}&`,
      method: 'GET',
      isStream: true,
      statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
    };
    docker.modem.dial(request, (error: unknown, stream: unknown) => {
      if (error) reject(asError(error));
      else resolve(stream as NodeJS.ReadableStream);
    });
  });
}

/** The names in the file's manifest, once all of the file has been read: a tar that is cut off has no end. */
async function referencesIn(file: string, signal: AbortSignal): Promise<string[]> {
  const tar = extract();
  let manifest: string | undefined;
  const reading = pipeline(createReadStream(file), tar, { signal });
  try {
    for await (const entry of tar) {
      if (entry.header.name === 'manifest.json') manifest = await text(entry);
      else entry.resume();
    }
    await reading;
    const listed = JSON.parse(manifest ?? '') as { RepoTags: string[] | null }[];
    const references = listed.flatMap(({ RepoTags }) => RepoTags ?? []);
    if (references.length > 0) return references;
  } catch (thrown) {
    await reading.catch(() => undefined);
    if (signal.aborted) throw thrown;
    const { code, message } = asError(thrown) as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UsageError(`there is no file ${file}`);
    throw new UsageError(`${file} is no whole file of images, as \`images --save\` writes one: ${message}`);
  }
  throw new UsageError(`${file} holds no images that have names`);
}
