/** Images of etcd: making them available, and saying what there is, without running anything. */
import { connectEngine } from '../cluster/docker/engine';
import { EngineSilence } from '../cluster/docker/watch';
import { availableVersions, presentVersions, type Available } from '../cluster/docker/images/available';
import { ensureImage, type ImageOptions, type ImageRef } from '../cluster/docker/images';
import { loadImages, saveImages } from '../cluster/docker/images/bundle';
import { givenReference } from '../cluster/docker/images/names';
import { presentReference } from '../cluster/docker/images/present';
import { asError, UsageError } from '../errors';
import { versionsMeant } from '../version-request';
import { resolveVersions } from './versions';

/** Makes the image of each version that is meant available, one after the other, and tells of each as it is there. */
export async function makeImages(
  requests: readonly string[],
  options: ImageOptions & {
    say: (message: string) => void;
    onImage: (image: ImageRef) => void;
    signal: AbortSignal;
  },
): Promise<void> {
  const { signal, say } = options;
  const { docker } = await connectEngine({ signal, say });
  const { versions, said } = await resolveVersions(requests, { what: 'images', docker, images: options, signal });
  for (const line of said) say(line);
  for (const version of versions) {
    options.onImage(await ensureImage(docker, version, options, say, signal));
  }
}

export type ListedImages = Available;

/** Lists the images of the given versions, or of all, also without an engine. Throws if an engine is there and does not answer. */
export async function listImages(
  requests: readonly string[],
  options: ImageOptions & { signal: AbortSignal; say: (message: string) => void },
): Promise<ListedImages> {
  const connecting = connectEngine(options).catch((thrown: unknown) => asError(thrown));
  const docker = connecting.then((found) => (found instanceof Error ? undefined : found.docker));
  const { versions, remarks } = await availableVersions(docker, options, options.signal);
  options.signal.throwIfAborted();
  const engine = await connecting;
  if (engine instanceof EngineSilence) throw engine;
  const why = engine instanceof Error ? [engine.message] : [];
  if (requests.length === 0) return { versions, remarks: [...why, ...remarks] };
  const known = versions.map(({ version }) => version);
  const meant = new Set(requests.flatMap((request) => versionsMeant(request, known)));
  return { versions: versions.filter(({ version }) => meant.has(version)), remarks: [...why, ...remarks] };
}

/** Saves the images of these versions, or of all that the engine has, to a new file; answers their references. */
export async function saveToFile(
  requests: readonly string[],
  file: string,
  options: ImageOptions & { say: (message: string) => void; signal: AbortSignal },
): Promise<string[]> {
  const { docker } = await connectEngine(options);
  const known = await presentVersions(docker, options);
  const meant = requests.length === 0 ? known : requests.flatMap((request) => wanted(request, known));
  if (meant.length === 0) throw new UsageError('the engine has no image of etcd; `images VERSION…` makes them');
  const references = await Promise.all([...new Set(meant)].map((version) => referenceOf(docker, version, options)));
  options.say(`saving ${references.length === 1 ? 'one image' : `${references.length} images`} to ${file} …`);
  await saveImages(docker, references, file, options.signal);
  return references;
}

function wanted(request: string, known: readonly string[]): readonly string[] {
  const versions = versionsMeant(request, known).filter((version) => known.includes(version));
  if (versions.length > 0) return versions;
  throw new UsageError(`the engine has no image of etcd ${request}; it has ${known.join(', ') || 'none'}`);
}

type Docker = Parameters<typeof presentReference>[0];

async function referenceOf(docker: Docker, version: string, { image }: ImageOptions): Promise<string> {
  if (image !== undefined) return givenReference(image, version);
  const reference = await presentReference(docker, version);
  if (reference === undefined) throw new UsageError(`the engine has no image of etcd ${version}`);
  return reference;
}

/** Loads what `saveToFile` wrote; answers the references. */
export async function loadFromFile(
  file: string,
  image: string | undefined,
  options: { signal: AbortSignal; say: (message: string) => void },
): Promise<string[]> {
  const { docker } = await connectEngine(options);
  return loadImages(docker, file, { template: image, signal: options.signal });
}
