/** Finds, pulls or builds the image of an etcd version. */
import type Dockerode from 'dockerode';
import { reasonOf } from '../../../clock';
import { EnvironmentError } from '../../../errors';
import { fromBuild, fromCache } from './build';
import { buildScript } from './builder';
import { checkVersion, givenReference, officialReferences } from './names';
import { isPresent, presentReference } from './present';
import { tryPull } from './pull';
import type { ImageOptions, ImageRef, ImageTask } from './types';

/**
 * Makes sure that the engine has an image of this version, and says which. In this order: the image that the user
 * named; one that is there; the cache of built images; a pull of the official image; a build.
 */
export async function ensureImage(
  docker: Dockerode,
  version: string,
  options: ImageOptions,
  progress: (message: string) => void,
  signal: AbortSignal,
  /** For tests: what is run to build. */
  script: string = buildScript(),
): Promise<ImageRef> {
  checkVersion(version);
  if (signal.aborted) throw reasonOf(signal);
  const task: ImageTask = { docker, version, options, progress, signal, script };
  if (options.image !== undefined) return given(task, givenReference(options.image, version));
  const reference = await presentReference(docker, version);
  if (reference !== undefined) return { version, reference, from: 'present' };
  return (await fromCache(task)) ?? (await pullOrBuild(task));
}

async function given(task: ImageTask, reference: string): Promise<ImageRef> {
  const { docker, version, options } = task;
  const ref: ImageRef = { version, reference, from: 'given' };
  if (await isPresent(docker, reference)) return ref;
  const failure = options.pull === 'never' ? `${reference} is not in the engine` : await tryPull(task, reference);
  if (failure === undefined) return ref;
  throw new EnvironmentError(
    `the image that --image names is not to be had: ${failure}`,
    `run \`docker pull ${reference}\` yourself (it knows your credentials), name another --image, or leave it out`,
  );
}

async function pullOrBuild(task: ImageTask): Promise<ImageRef> {
  const { version, options } = task;
  const failures: string[] = [];
  for (const reference of options.pull === 'never' ? [] : officialReferences(version)) {
    const failure = await tryPull(task, reference);
    if (failure === undefined) return { version, reference, from: 'pull' };
    failures.push(failure);
  }
  if (failures.length > 0) task.progress(`etcd ${version} cannot be pulled; building it`);
  try {
    return await fromBuild(task);
  } catch (thrown) {
    if (!(thrown instanceof EnvironmentError) || failures.length === 0) throw thrown;
    throw new EnvironmentError([...failures, thrown.message].join('\n'), thrown.cure, { cause: thrown });
  }
}
