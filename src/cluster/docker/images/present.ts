/** What the engine has and is. */
import type Dockerode from 'dockerode';
import { engineCall, engineTrouble, statusOf } from '../engine';
import { builtReference, officialReferences } from './names';

/** True where the engine has this image. */
export async function isPresent(docker: Dockerode, reference: string): Promise<boolean> {
  try {
    await docker.getImage(reference).inspect();
    return true;
  } catch (thrown) {
    if (statusOf(thrown) === 404) return false;
    throw engineTrouble(`looking for the image ${reference}`, thrown);
  }
}

/** The name of an image of this version that the engine has: an official one, or one that was built here. */
export async function presentReference(docker: Dockerode, version: string): Promise<string | undefined> {
  for (const reference of [...officialReferences(version), builtReference(version)]) {
    if (await isPresent(docker, reference)) return reference;
  }
  return undefined;
}

/** The engine's architecture as Go names it (`amd64`, `arm64`): the engine may be another machine than this one. */
export async function engineArchitecture(docker: Dockerode): Promise<string> {
  const { Arch } = await engineCall('asking for its version', () => docker.version());
  return Arch;
}
