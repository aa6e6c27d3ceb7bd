/** Bounds the search for the engine, which is testcontainers': it asks each socket that it knows, and would wait for ever. */
import type { ClientRequest } from 'node:http';
import { abortable } from '../../clock';
import { EnvironmentError } from '../../errors';
import { EngineSilence, Traffic, nameOf, seconds, waitingText, withRequests } from './watch';

/** How long a request of the search may stay without an answer. */
const ANSWER_MS = 18_000;
/** How long the search may take in which nothing moves at all, whatever it waits for. */
const FINDING_MS = 22_000;
const SAY_AFTER_MS = 5000;
const TICK_MS = 250;

interface Asked {
  name: string;
  traffic: Traffic;
  since: number;
  isTold: boolean;
}

/**
 * Runs the search. Throws EngineSilence for a request that stays without an answer, and the signal's reason once it is
 * aborted.
 */
export async function findWatched<T>(
  search: () => Promise<T>,
  { say, signal }: { say: (message: string) => void; signal?: AbortSignal },
): Promise<T> {
  const watch = new SearchWatch(say);
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const trouble = watch.look();
      if (trouble) reject(trouble);
    }, TICK_MS);
  });
  try {
    const found = Promise.race([withRequests((request) => watch.adopt(request), search), bound]);
    return await (signal ? abortable(found, signal) : found);
  } finally {
    clearInterval(timer);
    watch.close();
  }
}

class SearchWatch {
  private readonly asked = new Set<Asked>();
  private movedAt = performance.now();
  private isOver = false;

  constructor(private readonly say: (message: string) => void) {}

  adopt(request: ClientRequest): void {
    this.movedAt = performance.now();
    const traffic = new Traffic(request);
    // The search knows nothing of its end, and goes on to the next socket.
    if (this.isOver) return traffic.end(new Error('the search is over'));
    const one = { name: nameOfRequest(request), traffic, since: this.movedAt, isTold: false };
    this.asked.add(one);
    request.once('close', () => this.asked.delete(one));
  }

  /** Answers an error where a request, or the search as a whole, has been silent for too long. */
  look(): EnvironmentError | undefined {
    const now = performance.now();
    const silent = [...this.asked].map((one) => this.lookAt(one, now)).find((error) => error !== undefined);
    if (silent) return silent;
    return now - this.movedAt < FINDING_MS ? undefined : stuck(now - this.movedAt);
  }

  close(): void {
    this.isOver = true;
    for (const { traffic } of this.asked) traffic.end(new Error('the search is over'));
  }

  private lookAt(one: Asked, now: number): EngineSilence | undefined {
    if (one.traffic.moved().read) one.since = this.movedAt = now;
    const silentMs = now - one.since;
    if (silentMs >= SAY_AFTER_MS && !one.isTold) {
      one.isTold = true;
      this.say(waitingText(one.name, silentMs, ANSWER_MS));
    }
    if (silentMs < ANSWER_MS) return undefined;
    const error = new EngineSilence(
      one.name,
      `the Docker engine did not answer ${one.name} within ${seconds(silentMs)}`,
    );
    if (!one.name.startsWith('POST /images/create')) return error;
    // A helper image of testcontainers' own, which does without where that can't be pulled.
    one.traffic.end(error);
    return undefined;
  }
}

function stuck(ms: number): EnvironmentError {
  return new EnvironmentError(
    `finding the Docker engine did not end within ${seconds(ms)}`,
    'set DOCKER_HOST to the engine that is meant, and TESTCONTAINERS_HOST_OVERRIDE to the host that its ports appear on',
  );
}

function nameOfRequest(request: ClientRequest): string {
  const { socketPath } = request as unknown as { socketPath?: string };
  const at = socketPath ?? request.getHeader('host');
  return `${nameOf(request)}${at === undefined ? '' : ` at ${String(at)}`}`;
}
