/** Whether the etcd of an image has a flag: etcd itself says so. */
import type Dockerode from 'dockerode';
import { engineCall } from './engine';
import type { Labels } from './labels';
import { runToEnd } from './tools';

/**
 * Runs `etcd --FLAG=1 --help` once: it starts nothing and refuses a flag that it does not have. Its plain `--help` leaves out flags that
 * it accepts (measured on 3.4.23 and 3.5.35). Undefined where it says something else.
 */
export async function imageHasFlag(
  docker: Dockerode,
  { image, flag, labels, signal }: { image: string; flag: string; labels: Labels; signal: AbortSignal },
): Promise<boolean | undefined> {
  const container = await engineCall(`create a container that asks for --${flag}`, () =>
    docker.createContainer({
      Image: image,
      Labels: labels,
      Cmd: ['etcd', `--${flag}=1`, '--help'],
      HostConfig: { NetworkMode: 'none' },
    }),
  );
  try {
    const { stdout, stderr, exitCode } = await runToEnd(container, { signal });
    const said = `${stdout}\n${stderr}`;
    if (said.includes('flag provided but not defined')) return false;
    return exitCode === 0 || said.includes('invalid value') || said.includes('invalid boolean value')
      ? true
      : undefined;
  } finally {
    await engineCall('remove a container', () => container.remove({ force: true, v: true }));
  }
}
