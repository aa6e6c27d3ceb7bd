/** Images of etcd: making them available, and saying what there is, without running anything. */
import { connectEngine } from '../cluster/docker/engine';
import { availableVersions, type Available } from '../cluster/docker/images/available';
import { ensureImage, type ImageOptions, type ImageRef } from '../cluster/docker/images';
import { asError } from '../errors';
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
  const { docker } = await connectEngine();
  const { signal, say } = options;
  const { versions, said } = await resolveVersions(requests, { what: 'images', docker, images: options, signal });
  for (const line of said) say(line);
  for (const version of versions) {
    options.onImage(await ensureImage(docker, version, options, say, signal));
  }
}

export type ListedImages = Available;

/** What there is of the versions that are meant, or of all; without an engine, the rest is told all the same. */
export async function listImages(
  requests: readonly string[],
  options: ImageOptions & { signal: AbortSignal },
): Promise<ListedImages> {
  const engine = await connectEngine().catch((thrown: unknown) => asError(thrown));
  const docker = engine instanceof Error ? undefined : engine.docker;
  const { versions, remarks } = await availableVersions(docker, options, options.signal);
  const why = engine instanceof Error ? [engine.message] : [];
  if (requests.length === 0) return { versions, remarks: [...why, ...remarks] };
  const known = versions.map(({ version }) => version);
  const meant = new Set(requests.flatMap((request) => versionsMeant(request, known)));
  return { versions: versions.filter(({ version }) => meant.has(version)), remarks: [...why, ...remarks] };
}
