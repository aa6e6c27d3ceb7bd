/** Why a container ended that nobody of this run has ended: by itself, by the kernel, or by somebody else. */
import type Dockerode from 'dockerode';
import { formatBytes } from '../../bytes';
import { EnvironmentError } from '../../errors';
import { engineCall, statusOf } from './engine';

/** Signals that a process sends to itself when it breaks (ILL, TRAP, ABRT, BUS, FPE, SEGV): no proof of somebody else. */
const OWN_SIGNALS: ReadonlySet<number> = new Set([4, 5, 6, 7, 8, 11]);
const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  9: 'SIGKILL',
  15: 'SIGTERM',
};
/** What etcd logs when it is told to end: 3.3 the second, later versions the first (etcd's pkg/osutil). */
const TOLD_TO_END = /received signal; shutting down|received (terminated|interrupt) signal, shutting down/;

export interface EndedContainer {
  container: Dockerode.Container;
  /** Who it is, for messages: `etcd-1`, `etcdutl for etcd-1`. */
  who: string;
  /** Undefined while it is only about to end. */
  exitCode: number | undefined;
  /** The signals that this run sent to it. */
  sent: ReadonlySet<string>;
  /** What its process logged. */
  lines: readonly string[];
  /** When it was started, as the engine's clock has it (RFC 3339). */
  startedAt: string | undefined;
}

/** True where the exit code or the log says that a signal ended the process which this run did not send. */
export function looksEndedByOthers({
  exitCode,
  sent,
  lines,
}: Pick<EndedContainer, 'exitCode' | 'sent' | 'lines'>): boolean {
  if (sent.has('SIGKILL')) return false;
  const signal = exitCode !== undefined && exitCode > 128 && exitCode < 160 ? exitCode - 128 : undefined;
  if (signal !== undefined && !OWN_SIGNALS.has(signal)) return !(signal === 15 && sent.has('SIGTERM'));
  return !sent.has('SIGTERM') && lines.slice(-200).some((line) => TOLD_TO_END.test(line));
}

/** The environment's part in a container's end, with who and what as far as it can be known; undefined where it has none. */
export async function endedByOthers(docker: Dockerode, ended: EndedContainer): Promise<EnvironmentError | undefined> {
  const { container, who, exitCode } = ended;
  const info = await inspect(container, who);
  const code = exitCode === undefined ? 'still ending' : `exit code ${exitCode}`;
  if (info?.State.OOMKilled) return killedForMemory(docker, who, `${code}`, info.HostConfig.Memory ?? 0);
  if (info && !looksEndedByOthers(ended)) return undefined;
  const events = await eventsOf(docker, ended);
  const by = whoDid(events, info === undefined);
  const what = info === undefined ? 'its container was removed' : 'it was ended by a signal that this run did not send';
  return new EnvironmentError(
    `${who} was ended from outside the run: ${what} (${signalOf(exitCode)}${code}); ${by}`,
    'let nobody else end, remove or restart containers of a run (a restart of the engine, `docker system prune`, a watchdog), then run it again',
  );
}

async function inspect(
  container: Dockerode.Container,
  who: string,
): Promise<Dockerode.ContainerInspectInfo | undefined> {
  try {
    return await container.inspect();
  } catch (thrown) {
    if (statusOf(thrown) === 404) return undefined;
    return engineCall(`inspect ${who}`, () => Promise.reject(thrown as Error));
  }
}

async function killedForMemory(docker: Dockerode, who: string, code: string, limit: number): Promise<EnvironmentError> {
  const { MemTotal } = (await engineCall('ask how much memory it has', () => docker.info())) as { MemTotal: number };
  const bound =
    limit > 0
      ? `its container may use ${formatBytes(limit)}`
      : `its container has no limit of its own, and the engine ${formatBytes(MemTotal)}`;
  return new EnvironmentError(
    `the kernel killed a process of ${who} because memory ran out (OOMKilled, ${code}): ${bound}`,
    'give the engine more memory, run fewer cases at a time (--jobs 1), or use smaller values and fewer members',
  );
}

interface EngineEvent {
  Action: string;
  time: number;
  Actor: { Attributes?: Record<string, string> };
}

/** What the engine remembers of this container: its last 256 events of all containers. Empty where it can't say. */
async function eventsOf(docker: Dockerode, { container, startedAt }: EndedContainer): Promise<EngineEvent[]> {
  const since = Math.floor(Date.parse(startedAt ?? '') / 1000);
  if (Number.isNaN(since)) return [];
  try {
    const { SystemTime } = (await docker.info()) as { SystemTime: string };
    const until = Math.ceil(Date.parse(SystemTime) / 1000);
    const stream = await docker.getEvents({ since, until, filters: { container: [container.id] } });
    let text = '';
    for await (const part of stream) text += String(part);
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as EngineEvent);
  } catch {
    // An engine that is about to restart does not tell; that a member was ended is known all the same.
    return [];
  }
}

function whoDid(events: readonly EngineEvent[], isGone: boolean): string {
  const calls = events.filter(({ Action }) => ['kill', 'stop', 'restart', 'destroy', 'pause'].includes(Action));
  if (calls.length > 0) {
    const told = calls.map(({ Action, time, Actor }) => {
      const signal = Actor.Attributes?.['signal'];
      const name = signal === undefined ? '' : ` ${SIGNAL_NAMES[Number(signal)] ?? `signal ${signal}`}`;
      return `${Action}${name} at ${new Date(time * 1000).toISOString().slice(11, 19)}Z`;
    });
    return `somebody asked the engine to (${told.join(', ')})`;
  }
  if (isGone) return 'the engine does not say by whom';
  return 'the engine tells of no call that did it: the kernel, somebody on its host, or a restart of the engine';
}

function signalOf(exitCode = 0): string {
  const name = SIGNAL_NAMES[exitCode - 128];
  return name === undefined ? '' : `${name}, `;
}
