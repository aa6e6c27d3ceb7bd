/**
 * The Docker engine: found by testcontainers, spoken to through its dockerode, every call of which has a deadline
 * (watch.ts). No other file makes or finds a Dockerode.
 */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import type Dockerode from 'dockerode';
import type { ContainerRuntimeClient } from 'testcontainers/build/container-runtime';
import { EnvironmentError, asError } from '../../errors';
import { shortageIn } from '../../shortage';
import { describeEngineDisk } from './disk';
import { findWatched } from './find';
import { EngineSilence, watched, type Watched } from './watch';

export interface Engine {
  docker: Dockerode;
  /** Fails every open call after so many milliseconds, and every later one at once. */
  giveUp: Watched['giveUp'];
  /** For reports: `Docker 20.10.24 (Debian GNU/Linux 12)`. */
  description: string;
  /** The host that published ports appear on, as testcontainers sees it. */
  host: string;
  /** True where the engine is on this machine, so that 127.0.0.1 reaches published ports. */
  local: boolean;
  cpus: number;
  memoryBytes: number;
}

const START_ONE =
  'start Docker (Docker Desktop, `sudo systemctl start docker`, or in a container `dockerd &`), or set DOCKER_HOST to one that runs';

export interface ConnectOptions {
  /** Told what is waited for when the engine stays silent for some seconds. */
  say?: (message: string) => void;
  /** Ends the search; calls to the engine that was found do not listen to it. */
  signal?: AbortSignal;
}

/**
 * Finds the engine: DOCKER_HOST, the docker context, the sockets of Docker Desktop and rootless engines. Throws
 * EnvironmentError where none answers, or one does not answer in time.
 */
export async function connectEngine({ say = () => undefined, signal }: ConnectOptions = {}): Promise<Engine> {
  const { info, container } = await findWatched(find, { say, signal });
  const { host, serverVersion, operatingSystem, cpus, memory } = info.containerRuntime;
  const local = ['localhost', '127.0.0.1', '::1'].includes(host) || (await isOwnAddress(host));
  const engine = watched(container.dockerode, {
    say,
    // Whoever reads of a full disk wants to know which.
    explain: async (error) =>
      shortageIn(error.message)?.isDisk ? describeEngineDisk(container.dockerode, local) : undefined,
  });
  return {
    ...engine,
    description: `Docker ${serverVersion} (${operatingSystem})`,
    host,
    local,
    cpus,
    memoryBytes: memory,
  };
}

async function find(): Promise<ContainerRuntimeClient> {
  // What the package's entry exports as well; the entry loads all the rest of testcontainers with it: 130 ms more.
  const { getContainerRuntimeClient } = await import('testcontainers/build/container-runtime');
  try {
    const client = await getContainerRuntimeClient();
    refuseOtherEngine(client.container.dockerode);
    return client;
  } catch (thrown) {
    throw thrown instanceof EnvironmentError ? thrown : await noEngine(thrown);
  }
}

const USUAL_SOCKET = '/var/run/docker.sock';

/** Why no engine was found. testcontainers says only that it found none. */
async function noEngine(cause: unknown): Promise<EnvironmentError> {
  const asked = process.env['DOCKER_HOST'];
  if (asked) return noneThere(asked, cause);
  const forbidden = await access(USUAL_SOCKET, constants.R_OK | constants.W_OK).then(
    () => false,
    (thrown: unknown) => (thrown as NodeJS.ErrnoException).code === 'EACCES',
  );
  if (!forbidden) {
    return new EnvironmentError(`no Docker engine answers (${asError(cause).message})`, START_ONE, { cause });
  }
  return new EnvironmentError(
    `no Docker engine answers: this user may not use ${USUAL_SOCKET}`,
    'join the group that owns it (`sudo usermod -aG docker $USER`, then log in again), or set DOCKER_HOST to a rootless engine',
    { cause },
  );
}

function noneThere(asked: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError(
    `DOCKER_HOST is ${asked}, and no Docker engine answers there`,
    'start that engine, or unset DOCKER_HOST',
    { cause },
  );
}

/**
 * Whether an address is one of this machine's. Inside a container testcontainers names the gateway of the engine's
 * bridge: another machine's where the socket was handed in, our own where the engine runs in the same container.
 */
function isOwnAddress(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, host, () => server.close(() => resolve(true)));
  });
}

/** Where DOCKER_HOST does not answer, testcontainers goes on to the usual sockets: an engine that nobody asked for. */
function refuseOtherEngine({ modem }: Dockerode): void {
  const asked = process.env['DOCKER_HOST'];
  const { socketPath } = modem as { socketPath?: string };
  if (!asked || socketPath === undefined) return;
  const { hostname, pathname } = new URL(asked);
  if (hostname === '' && pathname === socketPath) return;
  throw noneThere(asked);
}

const GONE = /ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|socket hang up|ETIMEDOUT/;

/** Runs one call to the engine; whatever goes wrong there is the environment's trouble, with `doing` as its name. */
export async function engineCall<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw engineTrouble(doing, thrown);
  }
}

/** An error of dockerode's as EnvironmentError. */
export function engineTrouble(doing: string, thrown: unknown): EnvironmentError {
  if (thrown instanceof EngineSilence) return new EnvironmentError(`${thrown.message} (${doing})`, thrown.cure);
  if (thrown instanceof EnvironmentError) return thrown;
  const { message } = asError(thrown);
  if (GONE.test(`${message} ${(thrown as { code?: string }).code ?? ''}`)) {
    return new EnvironmentError(`the Docker engine went away (${doing}: ${message})`, START_ONE, { cause: thrown });
  }
  const shortage = shortageIn(message);
  if (shortage) {
    return new EnvironmentError(`${shortage.what} on the engine's machine (${doing}: ${message})`, shortage.cure, {
      cause: thrown,
    });
  }
  if (/address pool|could not find an available/i.test(message)) {
    return new EnvironmentError(
      `the engine has no address pool left for another network (${doing})`,
      'remove what earlier runs left (`etcd-scenarios clean --older-than 2h`, `docker network prune`), use fewer `--jobs`, or give the engine more `default-address-pools`',
      { cause: thrown },
    );
  }
  return new EnvironmentError(`the Docker engine refused: ${doing}: ${message}`, undefined, { cause: thrown });
}

/** The HTTP status that the engine answered with, if it did. */
export function statusOf(thrown: unknown): number | undefined {
  const status = (thrown as { statusCode?: unknown } | undefined)?.statusCode;
  return typeof status === 'number' ? status : undefined;
}
