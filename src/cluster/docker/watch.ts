/**
 * Deadlines for everything that is asked of the engine. All calls of a Dockerode go through its modem, so the modem is
 * where they are watched: none can be forgotten, and a stream is watched for as long as it is open.
 *
 * An engine can be silent in two ways. One call stays without an answer while others are answered: the call fails after
 * `SILENT_MS`. Or nothing is answered, not even a ping: then the engine is lost, every open call fails at once, and
 * later calls fail after a short probe, so that a run against a frozen engine ends soon.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { formatDeadline } from '../../clock';
import { EnvironmentError } from '../../errors';

/** How long a call may stay without an answer, and without a byte of progress. */
export const SILENT_MS = 25_000;
/** Silence after which the engine is pinged, and after which somebody is told what is waited for. */
const QUIET_MS = 5000;
/** How long a ping may stay unanswered while nothing else is heard of the engine. */
const PING_MS = 15_000;
/** How long a lost engine is given to answer when somebody asks again, and how long its silence counts as known. */
const PROBE_MS = 2000;
const PROBED_MS = 10_000;
/** An engine that unpacks an image says nothing for a while; it answers pings all the same. */
const IMAGE_MS = 10 * 60_000;
const TICK_MS = 250;
/** A pause of the timer by so much more means that this process itself did not run: stopped, or starved. */
const ASLEEP_MS = 2000;

const CURE =
  'look whether `docker info` answers; if it hangs as well, restart the engine (`sudo systemctl restart docker`), then run `etcd-scenarios clean`';

/** The engine did not answer: names the call, and how long it was waited for. */
export class EngineSilence extends EnvironmentError {
  constructor(
    readonly call: string,
    message: string,
  ) {
    super(message, CURE);
    this.name = 'EngineSilence';
  }
}

/** `stream`: lasts as long as what it follows. `image`: works for minutes without a word. */
type Kind = 'answer' | 'stream' | 'image';

/** What docker-modem is given for a call; `file` is a body. */
export interface DialOptions {
  path: string;
  method: string;
  isStream?: boolean;
  /** A body. */
  file?: unknown;
  options?: { until?: unknown; [key: string]: unknown };
}
type DialCallback = (error: unknown, answer?: unknown) => void;
interface Modem {
  dial(options: DialOptions, callback: DialCallback): void;
}

interface OpenCall {
  name: string;
  kind: Kind;
  /** When it began, or was last seen to make progress. */
  since: number;
  limitMs: number;
  /** Whether it has a body to send. */
  uploads: boolean;
  traffic?: Traffic;
  saidAt?: number;
  fail(error: Error): void;
}

/** The bytes that a request moves. A socket is used for one request after the other: what it moved before is not meant. */
export class Traffic {
  private read = 0;
  private written = 0;

  constructor(readonly request: ClientRequest) {
    request.once('socket', (socket) => {
      this.read = socket.bytesRead;
      this.written = socket.bytesWritten;
    });
  }

  /** What has moved since this was last asked. */
  moved(): { read: boolean; written: boolean } {
    const { socket } = this.request;
    if (!socket) return { read: false, written: false };
    const moved = { read: socket.bytesRead !== this.read, written: socket.bytesWritten !== this.written };
    this.read = socket.bytesRead;
    this.written = socket.bytesWritten;
    return moved;
  }

  end(error: Error): void {
    // Its owner may have let go of it already.
    this.request.on('error', () => undefined).destroy(error);
  }
}

/** Which call a request belongs to: docker-modem does not hand its requests out. */
const calling = new AsyncLocalStorage<(request: ClientRequest) => void>();
let isSubscribed = false;

/** Runs `work`, and tells of every HTTP request that it begins. */
export function withRequests<T>(onRequest: (request: ClientRequest) => void, work: () => T): T {
  if (!isSubscribed) {
    isSubscribed = true;
    subscribe('http.client.request.start', (message) => {
      calling.getStore()?.((message as { request: ClientRequest }).request);
    });
  }
  return calling.run(onRequest, work);
}

export interface WatchListener {
  /** Told what is waited for. */
  say: (message: string) => void;
  /** What else is to be said of an error that the engine answered with. */
  explain?: (error: Error) => Promise<string | undefined>;
}

export interface Watched {
  docker: Dockerode;
  /** Fails every open call after `ms`, and every later one at once: whoever waits has run out of time. */
  giveUp: (ms: number, error: EnvironmentError) => void;
}

/** The same engine, with a deadline on every call; the given handle, which may be somebody else's, stays as it is. */
export function watched(docker: Dockerode, listener: WatchListener): Watched {
  const raw = docker.modem as unknown as Modem;
  const watch = new EngineWatch(raw, listener);
  const modem = Object.create(raw, {
    dial: { value: (options: DialOptions, callback: DialCallback) => watch.dial(options, callback) },
  }) as unknown;
  return {
    docker: Object.create(docker, { modem: { value: modem } }) as Dockerode,
    giveUp: (ms, error) => watch.giveUp(ms, error),
  };
}

class EngineWatch {
  private readonly open = new Set<OpenCall>();
  private timer: NodeJS.Timeout | undefined;
  private tickedAt = 0;
  /** When the engine was last heard of, by any call. */
  private heardAt = performance.now();
  private ping: OpenCall | undefined;
  private pingedAt = 0;
  private lost: { error: EngineSilence } | undefined;
  private probe: Promise<void> | undefined;
  private end: { at: number; error: EnvironmentError } | undefined;

  constructor(
    private readonly modem: Modem,
    private readonly listener: WatchListener,
  ) {}

  dial(options: DialOptions, callback: DialCallback): void {
    if (this.end && performance.now() >= this.end.at) return callback(this.end.error);
    if (!this.lost) return void this.send(options, callback);
    this.answersAgain().then(
      () => this.send(options, callback),
      (error: unknown) => callback(error),
    );
  }

  giveUp(ms: number, error: EnvironmentError): void {
    const at = performance.now() + ms;
    if (!this.end || at < this.end.at) this.end = { at, error };
    if (ms === 0) this.failAll(this.end.error);
  }

  private send(options: DialOptions, callback: DialCallback, limitMs?: number): OpenCall {
    const kind = kindOf(options);
    let stream: Readable | undefined;
    let isOver = false;
    const over = (error: unknown, answer?: unknown): void => {
      if (isOver) return;
      isOver = true;
      // An error without a status did not come from the engine.
      if (!error || (error as { statusCode?: number }).statusCode) this.heardAt = performance.now();
      if (options.isStream && !error && answer) {
        stream = answer as Readable;
        stream.once('close', () => this.forget(call));
      } else this.forget(call);
      if (error instanceof Error && this.listener.explain) void this.explained(error).then(callback);
      else callback(error, answer);
    };
    const call: OpenCall = {
      name: nameOf(options),
      kind,
      since: performance.now(),
      limitMs: limitMs ?? (kind === 'image' ? IMAGE_MS : SILENT_MS),
      uploads: options.file !== undefined,
      fail: (error) => {
        this.forget(call);
        if (stream) return void stream.destroy(error);
        call.traffic?.end(error);
        over(error);
      },
    };
    this.open.add(call);
    this.watch();
    const adopt = (request: ClientRequest): void => void (call.traffic ??= new Traffic(request));
    watchUpload(options.file, adopt);
    withRequests(adopt, () => this.modem.dial(options, over));
    return call;
  }

  /** The same error, with what else is known of it in its message. */
  private async explained(error: Error): Promise<Error> {
    const more = await this.listener.explain?.(error).catch(() => undefined);
    if (more !== undefined) error.message = `${error.message.trim()}; ${more}`;
    return error;
  }

  /** The timer runs while something is open, and keeps no process alive. */
  private watch(): void {
    if (this.timer) return;
    this.tickedAt = performance.now();
    this.heardAt = this.tickedAt;
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  private forget(call: OpenCall): void {
    this.open.delete(call);
    if (this.ping === call) this.ping = undefined;
    if (this.open.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private tick(): void {
    const now = performance.now();
    const asleep = now - this.tickedAt - TICK_MS;
    this.tickedAt = now;
    if (asleep > ASLEEP_MS) this.forgive(asleep);
    for (const call of this.open) this.noteProgress(call, now);
    if (this.end && now >= this.end.at) return this.failAll(this.end.error);
    const quiet = [...this.open].some((call) => call.kind !== 'answer' || now - call.since >= QUIET_MS);
    if (quiet && !this.ping && now - Math.max(this.heardAt, this.pingedAt) >= QUIET_MS) this.sendPing(now);
    this.tell(now);
    const late = [...this.open].find((call) => call.kind !== 'stream' && now - call.since >= call.limitMs);
    if (late) this.giveUpOn(late, now);
  }

  /** Time that this process slept away is not the engine's silence. */
  private forgive(ms: number): void {
    for (const call of this.open) call.since += ms;
    this.heardAt += ms;
  }

  private noteProgress(call: OpenCall, now: number): void {
    const { read, written } = call.traffic?.moved() ?? { read: false, written: false };
    if (read) this.heardAt = now;
    // Of a body that is sent; the head of a request is no sign of an engine that takes it.
    if (read || (written && call.uploads)) call.since = now;
  }

  private sendPing(now: number): void {
    this.pingedAt = now;
    const call = this.send({ path: '/_ping', method: 'GET', ...PLAIN }, () => undefined, PING_MS);
    if (this.open.has(call)) this.ping = call;
  }

  /** Lost where nothing is heard of the engine; else it is this call alone that stays without an answer. */
  private giveUpOn(call: OpenCall, now: number): void {
    const isPing = call === this.ping;
    if (!isPing && (!this.ping || now - this.heardAt < PING_MS)) return call.fail(silenceOf(call, now, ALONE));
    const subject = [...this.open].find((one) => one !== this.ping && one.kind === 'answer') ?? call;
    const error = silenceOf(subject, now, subject === this.ping ? NOTHING : NO_PING);
    this.lost = { error };
    this.failAll(error);
  }

  private failAll(error: Error): void {
    for (const call of [...this.open]) call.fail(error);
  }

  private tell(now: number): void {
    for (const call of this.open) {
      const silent = now - call.since;
      const isTold = call.saidAt !== undefined && now - call.saidAt < 2 * QUIET_MS;
      const isDue = silent >= 2 * QUIET_MS || (silent >= QUIET_MS && now - this.heardAt >= QUIET_MS);
      if (call.kind !== 'answer' || isTold || !isDue) continue;
      call.saidAt = now;
      this.listener.say(waitingText(call.name, silent, call.limitMs));
    }
  }

  /** Rejects where a lost engine stays silent; asked by many at once, and again soon, it is probed once. */
  private answersAgain(): Promise<void> {
    const { lost } = this;
    if (!lost) return Promise.resolve();
    this.probe ??= new Promise<void>((resolve, reject) => {
      this.send(
        { path: '/_ping', method: 'GET', ...PLAIN },
        (error) => (error ? reject(lost.error) : resolve()),
        PROBE_MS,
      );
    });
    const { probe } = this;
    probe.then(
      () => (this.lost = this.probe = undefined),
      () => setTimeout(() => this.probe === probe && (this.probe = undefined), PROBED_MS).unref(),
    );
    return probe;
  }
}

const ALONE = ', although it answers others';
const NO_PING = ', nor a ping';
const NOTHING = '';

function silenceOf({ name, since }: OpenCall, now: number, but: string): EngineSilence {
  return new EngineSilence(name, `the Docker engine did not answer ${name} within ${seconds(now - since)}${but}`);
}

/** What is waited for, for whoever sits in front of it. */
export function waitingText(name: string, silentMs: number, limitMs: number): string {
  return `waiting for the Docker engine to answer ${name}: ${seconds(silentMs)} so far, at most ${seconds(limitMs)}`;
}

export function seconds(ms: number): string {
  return formatDeadline(Math.round(ms / 1000) * 1000);
}

/** A request is begun when its body is complete: of one with a body, whoever pipes it there knows it earlier. */
function watchUpload(body: unknown, onRequest: (request: ClientRequest) => void): void {
  const stream = body as Readable | undefined;
  if (typeof stream?.pipe !== 'function') return;
  const pipe = stream.pipe.bind(stream);
  stream.pipe = (to, options) => {
    onRequest(to as unknown as ClientRequest);
    return pipe(to, options);
  };
}

const PLAIN = { isStream: false, statusCodes: { 200: true, 500: 'server error' } };

/** `POST /containers/1f0c…/start`: IDs are cut to the twelve digits that Docker prints. */
export function nameOf({ method, path }: Pick<DialOptions, 'method' | 'path'>): string {
  return `${method} ${path.replace(/\?.*$/, '').replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/g, '$1')}`;
}

function kindOf({ method, path, options }: DialOptions): Kind {
  if (/^\/(containers\/[^/]+\/(wait|logs|attach|stats)|exec\/[^/]+\/start)/.test(path)) return 'stream';
  if (path.startsWith('/events')) return options?.until === undefined ? 'stream' : 'answer';
  return /^\/(images\/(create|load|get)|images\/.+\/get|build)/.test(path) && method !== 'DELETE' ? 'image' : 'answer';
}
