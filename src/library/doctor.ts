/** What a run needs of this machine and its engine, looked at without running anything. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { connectEngine, engineCall, type Engine } from '../cluster/docker/engine';
import { availableVersions, type Available, type Origin } from '../cluster/docker/images/available';
import { isPresent } from '../cluster/docker/images/present';
import type { ImageOptions } from '../cluster/docker/images/types';
import { findDeadFolders } from '../cluster/docker/folders';
import { findRuns } from '../cluster/docker/remove';
import { asError, EnvironmentError } from '../errors';
import { diagnose, type EngineFindings, type Findings, type Line, type Trouble } from './diagnosis';
import { versionsMeant } from '../version-request';
import { diskAt } from './disk';
import { DEFAULT_ETCD } from './plan';

export { isHopeless, verdictOf, type Line, type State } from './diagnosis';

export interface DoctorRequest {
  images: ImageOptions;
  /** Who names the image: `--image`, `ETCD_SCENARIOS_IMAGE`, `the configuration`. */
  imageBy: string;
  /** Requests for versions, as the configuration has them. */
  etcd?: readonly string[];
  /** As `process.versions.node` has it. */
  node: string;
  /** Where programs are looked for: the PATH. */
  path: string;
  signal: AbortSignal;
  /** Told what is waited for. */
  say: (message: string) => void;
}

/** Looks at everything; what can't be looked at is a line as well. Throws only what aborted the signal. */
export async function doctor(request: DoctorRequest): Promise<Line[]> {
  const { signal, say } = request;
  // Nothing waits for the engine that can do without: one that does not answer takes long enough by itself.
  const connecting = connectEngine({ say, signal }).catch((thrown: unknown) => troubleOf(thrown));
  const docker = connecting.then((engine) => ('trouble' in engine ? undefined : engine.docker));
  const [ofEngine, images, tools] = await Promise.all([
    connecting.then((engine) => ('trouble' in engine ? engine : engineFindings(engine).catch(troubleOf))),
    imageFindings(docker, request),
    toolFindings(request.path),
  ]);
  signal.throwIfAborted();
  return diagnose({ node: request.node, engine: ofEngine, images, tools });
}

function troubleOf(thrown: unknown): Trouble {
  return { trouble: asError(thrown).message, cure: thrown instanceof EnvironmentError ? thrown.cure : undefined };
}

interface DockerInfo {
  SystemTime: string;
  DockerRootDir: string;
  SecurityOptions?: string[] | null;
  DefaultAddressPools?: { Base: string; Size: number }[] | null;
}

async function engineFindings(engine: Engine): Promise<EngineFindings> {
  const { docker, description, local, cpus, memoryBytes } = engine;
  const before = Date.now();
  const info = (await engineCall('asking what it is', () => docker.info())) as DockerInfo;
  const halfMs = (Date.now() - before) / 2;
  const [networks, runs, folders, disk] = await Promise.all([
    engineCall('listing its networks', () => docker.listNetworks({ filters: { driver: ['bridge'] } })),
    findRuns(docker),
    findDeadFolders(),
    local ? diskAt(info.DockerRootDir) : undefined,
  ]);
  return {
    description,
    at: addressOf(docker),
    local,
    rootless: (info.SecurityOptions ?? []).some((option) => option.startsWith('name=rootless')),
    cpus,
    memoryBytes,
    clockAheadMs: Math.round(Date.parse(info.SystemTime) - (before + halfMs)),
    clockUncertaintyMs: halfMs,
    disk: { path: info.DockerRootDir, freeBytes: disk?.freeBytes },
    networks: { used: networks.length, most: networksCarried(info.DefaultAddressPools ?? []) },
    runs: runs.filter(({ state }) => state !== 'alive'),
    folders,
  };
}

function addressOf({ modem }: Engine['docker']): string {
  const { socketPath, host, port } = modem as { socketPath?: string; host?: string; port?: number };
  return socketPath ?? `${host}:${port}`;
}

/** What dockerd has without configuration: 172.17.0.0/16 to 172.31.0.0/16, and 192.168.0.0/16 in /20s. */
const DEFAULT_NETWORKS = 31;

function networksCarried(pools: NonNullable<DockerInfo['DefaultAddressPools']>): number {
  const ipv4 = pools.filter(({ Base }) => !Base.includes(':'));
  if (ipv4.length === 0) return DEFAULT_NETWORKS;
  return ipv4.reduce((sum, { Base, Size }) => sum + 2 ** (Size - Number(Base.split('/')[1])), 0);
}

async function imageFindings(
  connecting: Promise<Engine['docker'] | undefined>,
  { images, imageBy, etcd, signal }: DoctorRequest,
): Promise<Findings['images']> {
  const { image, pull } = images;
  const available = await availableVersions(connecting, images, signal);
  const docker = await connecting;
  const known = available.versions.map(({ version }) => version);
  const isOne = image !== undefined && !image.includes('{version}');
  const present = isOne && docker && (await isPresent(docker, image)) ? [image] : firstFrom(available, 'present');
  const count = (origin: Origin): number => firstFrom(available, origin).length;
  return {
    template: image === undefined ? undefined : { image, by: imageBy },
    pull,
    present,
    wanted: (etcd ?? [DEFAULT_ETCD]).flatMap((one) => versionsMeant(one, known)),
    others: { cache: count('cache'), pull: count('pull'), build: count('build') },
    remarks: available.remarks,
  };
}

/** The versions whose nearest place this is. */
function firstFrom({ versions }: Available, origin: Origin): string[] {
  return versions.filter(({ from }) => from[0]?.origin === origin).map(({ version }) => version);
}

async function toolFindings(path: string): Promise<Findings['tools']> {
  const [bash, go, get, cache, deb] = await Promise.all(
    ['bash', 'go', 'apt-get', 'apt-cache', 'dpkg-deb'].map((name) => isProgram(name, path)),
  );
  return { bash: !!bash, go: !!go, 'apt-get': !!get, 'apt-cache': !!cache, 'dpkg-deb': !!deb };
}

async function isProgram(name: string, path: string): Promise<boolean> {
  for (const folder of path.split(delimiter).filter((one) => one !== '')) {
    const found = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
