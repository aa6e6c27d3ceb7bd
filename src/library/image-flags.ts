/** Flags that the table is not sure of, or says are lacking: where the image is here, it decides. */
import { connectEngine } from '../cluster/docker/engine';
import { imageHasFlag } from '../cluster/docker/flag-probe';
import { givenReference } from '../cluster/docker/images/names';
import { isPresent, presentReference } from '../cluster/docker/images/present';
import type { ImageOptions } from '../cluster/docker/images';
import { ownerLabels } from '../cluster/docker/labels';
import { knowsFlag, learnFlag } from '../cluster/flags';
import { EnvironmentError } from '../errors';
import type { DoubtfulFlag } from '../run/plan';

/**
 * Asks the images that are here, each flag once in a process. True where something was learned. Without an engine the table
 * counts: whoever runs something then is told that there is no engine.
 */
export async function askImages(
  doubts: readonly DoubtfulFlag[],
  { run, images, signal }: { run: string; images: ImageOptions; signal: AbortSignal },
): Promise<boolean> {
  const open = doubts.filter(({ version, flag }) => !knowsFlag(version, flag));
  if (open.length === 0) return false;
  const engine = await connectEngine({ signal }).catch((thrown: unknown): undefined => {
    if (!(thrown instanceof EnvironmentError)) throw thrown;
  });
  if (!engine) return false;
  try {
    let learned = false;
    for (const { version, flag } of open) {
      const given = images.image === undefined ? undefined : givenReference(images.image, version);
      const image = given ?? (await presentReference(engine.docker, version));
      if (image === undefined || !(await isPresent(engine.docker, image))) continue;
      const labels = ownerLabels(run, `flag ${flag} of ${version}`);
      const has = await imageHasFlag(engine.docker, { image, flag, labels, signal });
      if (has === undefined) continue;
      learnFlag(version, flag, has);
      learned = true;
    }
    return learned;
  } finally {
    engine.giveUp(0, new EnvironmentError('the images were asked'));
  }
}
