/** Making images of etcd available, without running anything. */
import { connectEngine } from '../cluster/docker/engine';
import { ensureImage, type ImageOptions, type ImageRef } from '../cluster/docker/images';

/** Makes the image of each version available, one after the other, and tells of each as it is there. */
export async function makeImages(
  versions: readonly string[],
  options: ImageOptions & {
    say: (message: string) => void;
    onImage: (image: ImageRef) => void;
    signal: AbortSignal;
  },
): Promise<void> {
  const { docker } = await connectEngine();
  for (const version of versions) {
    options.onImage(await ensureImage(docker, version, options, options.say, options.signal));
  }
}
