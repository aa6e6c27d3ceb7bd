/** Which versions of etcd there are, and where each would come from. */
import { readdir } from 'node:fs/promises';
import type Dockerode from 'dockerode';
import { asError, EnvironmentError } from '../../../errors';
import { compareVersions } from '../../../version';
import { engineCall } from '../engine';
import { buildable } from './buildable';
import { defaultCacheDir } from './cache';
import { versionOfReference } from './names';
import { publishedTags } from './registry';
import { remembered } from './remembered';
import type { ImageOptions } from './types';

/** Nearest first: what is present costs nothing, a build some 15 to 60 s. */
export const ORIGINS = ['present', 'cache', 'pull', 'build'] as const;
export type Origin = (typeof ORIGINS)[number];

export interface AvailableVersion {
  version: string;
  /** Where it is to be had, nearest first. */
  from: { origin: Origin; /** `localhost/etcd:3.5.35`, `Go modules`. */ what: string }[];
}

export interface Available {
  /** Oldest first. */
  versions: AvailableVersion[];
  /** What could not be looked at, and why. */
  remarks: string[];
}

interface Found {
  origin: Origin;
  version: string;
  what: string;
}

/**
 * Looks everywhere, each place bounded in time; a place that does not answer is remarked on, never an error. Without
 * `engine` the engine is left out; one that is still being looked for keeps nobody else waiting.
 */
export async function availableVersions(
  engine: Dockerode | undefined | Promise<Dockerode | undefined>,
  options: ImageOptions,
  signal: AbortSignal,
): Promise<Available> {
  const remarks: string[] = [];
  const look = async (what: string, places: Promise<Found[]>): Promise<Found[]> => {
    try {
      return await places;
    } catch (thrown) {
      signal.throwIfAborted();
      remarks.push(`${what}: ${asError(thrown).message}`);
      return [];
    }
  };
  const cacheDir = options.cacheDir ?? defaultCacheDir();
  const present = async (): Promise<Found[]> => {
    const docker = await engine;
    if (docker) return look('the engine', inEngine(docker, options));
    remarks.unshift('the engine was not asked');
    return [];
  };
  if (options.image !== undefined) {
    const own = await present();
    return { versions: merged(own), remarks: [...remarks, `only images like ${options.image} count (--image)`] };
  }
  const found = await Promise.all([
    present(),
    look(`the cache ${cacheDir}`, inCache(cacheDir)),
    look('builds', remembered(cacheDir, 'buildable', () => buildable(signal)).then(asFound('build'))),
    options.pull === 'never'
      ? (remarks.push('image registries were not asked (--pull never)'), [])
      : look('registries', remembered(cacheDir, 'pullable', () => publishedTags(signal)).then(asFound('pull'))),
  ]);
  return { versions: merged(found.flat()), remarks };
}

/** The versions that the engine has, oldest first; nothing else is asked. */
export async function presentVersions(docker: Dockerode, options: ImageOptions): Promise<string[]> {
  return merged(await inEngine(docker, options)).map(({ version }) => version);
}

function asFound(origin: Origin): (all: { version: string; what: string }[]) => Found[] {
  return (all) => all.map((one) => ({ origin, ...one }));
}

async function inEngine(docker: Dockerode, { image }: ImageOptions): Promise<Found[]> {
  const images = await engineCall('listing its images', () => docker.listImages());
  return images
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .flatMap((reference) => {
      const version = versionOfReference(reference, image);
      return version === undefined ? [] : [{ origin: 'present' as const, version, what: reference }];
    });
}

/** A tar counts with its checksum only; whether it is whole is seen when it is used. */
async function inCache(folder: string): Promise<Found[]> {
  const names = await readdir(folder).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return [];
    throw new EnvironmentError(thrown.message);
  });
  return names.flatMap((name) => {
    const [, version, architecture] = /^etcd-(.+)-linux-([^-.]+)\.tar\.sha256$/.exec(name) ?? [];
    if (version === undefined || architecture === undefined) return [];
    return [{ origin: 'cache' as const, version, what: `built before (${architecture})` }];
  });
}

function merged(found: readonly Found[]): AvailableVersion[] {
  const byVersion = new Map<string, AvailableVersion['from']>();
  for (const { version, origin, what } of found) {
    byVersion.set(version, [...(byVersion.get(version) ?? []), { origin, what }]);
  }
  return [...byVersion]
    .map(([version, from]) => ({
      version,
      from: from.toSorted((a, b) => ORIGINS.indexOf(a.origin) - ORIGINS.indexOf(b.origin)),
    }))
    .toSorted((a, b) => compareVersions(a.version, b.version) || a.version.localeCompare(b.version, 'en'));
}
