/** The clients of a workload: they write and read until they are told to stop, and write down what comes of it. */
import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import type { Call, EtcdClient, KeyValue } from '../cluster/client';
import { sleep } from '../clock';
import { EtcdSaid, Unmet } from '../errors';
import type { Finding, WorkloadFigures } from '../figures';
import { holdLease, type LeaseAnswer, type LeaseClient } from './lease-client';
import { History, NOTHING, type Kind, type Sight } from './history';
import { Errors, Histogram, noOutcomes, Outage, Timeline } from './meter';
import { Naming, NOBODY } from './naming';
import { Pace } from './pace';
import type { Line, Recorder } from './recorder';
import type { Settings } from './settings';
import { Targets, type Target } from './targets';

export interface WorkloadOptions {
  settings: Settings;
  /** The processes that may be asked now, in declared order: voters that run. */
  candidates: () => readonly Target[];
  recorder: Recorder;
  /** Ends everything at once; what is under way stays unknown. */
  signal: AbortSignal;
}

/** How long a client waits where there is nobody to ask. */
const NOBODY_MS = 20;
/** How long it waits after a failure: a member that refuses at once is not asked a thousand times a second. */
const FAILED_MS = 20;
/** With fewer acknowledged writes than this share of the rate, the rate was missed. */
const ENOUGH = 0.9;

/** What came of a request. */
interface Answer {
  revision: string;
  saw: readonly Sight[];
}

/** One request as it is sent. */
interface Request {
  kind: Kind;
  keys: readonly number[];
  client: string;
  dueMs: number;
  send(client: EtcdClient, operation: number): Promise<Answer>;
}

export class Workload {
  readonly naming: Naming;
  readonly history = new History();
  readonly writes = noOutcomes();
  readonly reads = noOutcomes();
  /** When the last acknowledged write began; -1 before the first. */
  lastWriteBeganMs = -1;
  private readonly latency = new Histogram();
  private readonly readLatency = new Histogram();
  private readonly timeline = new Timeline();
  private readonly outage = new Outage();
  private readonly errors = new Errors();
  /** The write of each key that was acknowledged last. */
  private readonly floors: Int32Array;
  private readonly ending = new AbortController();
  private readonly signal: AbortSignal;
  private readonly startedAt = performance.now();
  private clients: Promise<void>[] = [];
  private endedMs: number | undefined;
  private highest = 0;
  /** Counts how often revisions went back: what was in flight then is not counted again. */
  private revisionsBack = 0;
  /** Lives of leases that went to their end, and what was wrong with some. */
  leasesHeld = 0;
  readonly wrongLeases: Finding[] = [];

  constructor(private readonly options: WorkloadOptions) {
    const { keys, valueBytes } = options.settings;
    this.naming = new Naming(keys, valueBytes);
    this.floors = new Int32Array(keys).fill(NOBODY);
    this.signal = AbortSignal.any([options.signal, this.ending.signal]);
    for (const signal of [this.signal, options.signal]) setMaxListeners(0, signal);
  }

  /** Milliseconds since the workload was made. */
  nowMs(): number {
    return performance.now() - this.startedAt;
  }

  start(): void {
    const { writers, readers, rate, leases } = this.options.settings;
    const pace = new Pace(rate, this.nowMs());
    // A reader is as busy as a writer.
    const readPace = new Pace(rate && (rate * readers) / writers, this.nowMs());
    this.clients = [
      ...Array.from({ length: writers }, (_, i) => this.runWriter(i, pace)),
      ...Array.from({ length: readers }, (_, i) => this.runReader(i, readPace)),
      ...Array.from({ length: leases }, (_, i) => this.runLeaseHolder(i)),
    ];
  }

  /** Lets nothing begin any more, and waits for what is under way: each has its deadline. */
  async stop(): Promise<void> {
    this.endedMs ??= this.nowMs();
    this.ending.abort(new Error('the workload is over'));
    await Promise.all(this.clients);
  }

  figures(): Omit<WorkloadFigures, 'verdicts' | 'findings' | 'file'> {
    const { settings } = this.options;
    const durationMs = Math.round(this.endedMs ?? this.nowMs());
    const writesPerSecond = (this.writes.acknowledged * 1000) / Math.max(1, durationMs);
    return {
      durationMs,
      writers: settings.writers,
      readers: settings.readers,
      rate: settings.rate ?? null,
      writes: this.writes,
      reads: this.reads,
      writesPerSecond: Math.round(writesPerSecond * 10) / 10,
      missedRate: settings.rate !== undefined && writesPerSecond < settings.rate * ENOUGH,
      outage: this.outage.until(durationMs),
      errors: this.errors.counts,
      errorTexts: this.errors.texts,
      latency: this.latency.latency(),
      readLatency: this.readLatency.latency(),
      timeline: this.timeline.until(durationMs),
      revisionsBack: this.revisionsBack,
    };
  }

  /** Writes its own keys one after the other: a key has one writer, and one write in flight (see Chain). */
  private async runWriter(index: number, pace: Pace): Promise<void> {
    const { writers, keys, transactions } = this.options.settings;
    const own = Array.from({ length: keys }, (_, key) => key).filter((key) => key % writers === index);
    const targets = new Targets(index, this.options.candidates);
    const client = `writer ${index + 1}`;
    let share = index / writers;
    for (let turn = 0; ; turn++) {
      const dueMs = pace.next(this.nowMs());
      share += transactions;
      const isTxn = share >= 1;
      if (isTxn) share -= 1;
      const chosen = [own[turn % own.length] ?? 0, own[(turn + 1) % own.length] ?? 0].slice(0, isTxn ? 2 : 1);
      const send = isTxn ? this.sendTxn(chosen) : this.sendPut(chosen[0] ?? 0);
      if (!(await this.request({ kind: isTxn ? 'txn' : 'put', keys: chosen, client, dueMs, send }, targets))) return;
    }
  }

  private async runReader(index: number, pace: Pace): Promise<void> {
    const { keys } = this.options.settings;
    const targets = new Targets(index + 1, this.options.candidates);
    const client = `reader ${index + 1}`;
    for (let key = index % keys; ; key = (key + 1) % keys) {
      const dueMs = pace.next(this.nowMs());
      const send = this.sendRead(key);
      if (!(await this.request({ kind: 'read', keys: [key], client, dueMs, send }, targets))) return;
    }
  }

  /** Holds one lease after the other; a life that an error ends is begun anew. */
  private async runLeaseHolder(index: number): Promise<void> {
    const key = this.naming.leaseKey(index);
    const targets = new Targets(index, this.options.candidates);
    const holder: LeaseClient = {
      nowMs: () => this.nowMs(),
      ask: (what, send) => this.askForLease({ what, client: `lease holder ${index + 1}`, keys: [key] }, send, targets),
      pause: (ms) => sleep(ms, this.signal),
      wrong: (told, { operation, revision }) => {
        const about = { member: this.history.member(operation), atMs: Math.round(this.nowMs()) };
        this.wrongLeases.push({ kind: 'lease', operation, key, revision, ...about, told });
      },
    };
    while (!this.signal.aborted) {
      try {
        await holdLease(key, (operation) => this.naming.value(operation), holder);
        this.leasesHeld++;
      } catch (thrown) {
        if (this.signal.aborted) return;
        if (!(thrown instanceof EtcdSaid)) throw thrown;
        await sleep(FAILED_MS, this.signal).catch(() => undefined);
      }
    }
  }

  /** A request of a lease holder's, written down. Throws EtcdSaid. */
  private async askForLease<A extends LeaseAnswer>(
    about: Pick<Line, 'what' | 'client' | 'keys'>,
    send: (client: EtcdClient, call: Call, operation: number) => Promise<A>,
    targets: Targets,
  ): Promise<A & { operation: number }> {
    await this.options.recorder.ready;
    const { target, client } = await this.whoeversTurn(targets);
    const { history } = this;
    const beganMs = this.nowMs();
    const operation = history.begin('lease', [], { member: target.member, atMs: beganMs });
    const sent = { ...about, dueMs: beganMs };
    try {
      const answer = await send(client, this.call(), operation);
      history.acknowledge(operation, Number(answer.revision), []);
      this.record(sent, target, operation, { beganMs, answer });
      return { ...answer, operation };
    } catch (thrown) {
      if (thrown instanceof EtcdSaid) {
        if (thrown.outcome === 'failed') history.fail(operation);
        targets.failed(target, this.nowMs());
        this.errors.add(thrown.said);
      }
      this.record(sent, target, operation, { beganMs, said: saidBy(thrown) });
      throw thrown;
    }
  }

  private sendPut(key: number): Request['send'] {
    return async (client, operation) => {
      const request = { key: this.naming.key(key), value: this.naming.value(operation), prevKv: true };
      const { revision, previous } = await client.put(request, this.call());
      return { revision, saw: [this.sight(previous)] };
    };
  }

  private sendTxn(keys: readonly number[]): Request['send'] {
    return async (client, operation) => {
      const value = this.naming.value(operation);
      const success = keys.map((key) => ({ put: { key: this.naming.key(key), value, prevKv: true } }));
      const { revision, previous } = await client.txn({ compare: [], success, failure: [] }, this.call());
      return { revision, saw: keys.map((_, i) => this.sight(previous[i])) };
    };
  }

  private sendRead(key: number): Request['send'] {
    return async (client) => {
      const { revision, kvs } = await client.range({ key: this.naming.key(key) }, this.call());
      return { revision, saw: [this.sight(kvs[0])] };
    };
  }

  private call(): Call {
    // Not the workload's own end: what is under way then still gets its answer.
    return { timeoutMs: this.options.settings.timeoutMs, signal: this.options.signal };
  }

  /** What a key holds, as the history has it. */
  sight(found: KeyValue | undefined): Sight {
    if (!found) return NOTHING;
    const operation = this.naming.operationOf(found.value);
    return { operation, revision: Number(found.modRevision), version: Number(found.version) };
  }

  /** Sends a request when it is due, to whoever's turn it is. False when the workload is over. */
  private async request(request: Request, targets: Targets): Promise<boolean> {
    try {
      await this.options.recorder.ready;
      const waitMs = request.dueMs - this.nowMs();
      if (waitMs > 0) await sleep(waitMs, this.signal);
      const { target, client } = await this.whoeversTurn(targets);
      return await this.perform(request, target, client, targets);
    } catch (thrown) {
      if (!this.signal.aborted) throw thrown;
    }
    return false;
  }

  /** Waits until there is somebody to ask. Rejects when the workload is over. */
  private async whoeversTurn(targets: Targets): Promise<{ target: Target; client: EtcdClient }> {
    for (;;) {
      this.signal.throwIfAborted();
      const target = targets.next(this.nowMs());
      const client = target && clientOf(target);
      if (client) return { target, client };
      await sleep(NOBODY_MS, this.signal);
    }
  }

  private async perform(request: Request, target: Target, client: EtcdClient, targets: Targets): Promise<boolean> {
    const { kind, keys, client: asker, dueMs } = request;
    const { history, highest, revisionsBack } = this;
    const beganMs = this.nowMs();
    const floor = kind === 'read' ? this.floors[keys[0] ?? 0] : undefined;
    const operation = history.begin(kind, keys, { member: target.member, atMs: beganMs, floor });
    const counts = kind === 'read' ? this.reads : this.writes;
    const sent = { what: kind, keys: keys.map((key) => this.naming.key(key)), client: asker, dueMs };
    try {
      const answer = await request.send(client, operation);
      counts.acknowledged++;
      history.acknowledge(operation, Number(answer.revision), answer.saw);
      if (revisionsBack === this.revisionsBack) this.compareRevision(kind, Number(answer.revision), highest);
      this.measure(request, operation, beganMs);
      this.record(sent, target, operation, { beganMs, answer });
    } catch (thrown) {
      if (!(thrown instanceof EtcdSaid)) {
        counts.unknown++;
        this.record(sent, target, operation, { beganMs, said: saidBy(thrown) });
        throw thrown;
      }
      if (thrown.outcome === 'failed') history.fail(operation);
      counts[thrown.outcome]++;
      targets.failed(target, this.nowMs());
      this.errors.add(thrown.said);
      this.timeline.error(this.nowMs());
      this.record(sent, target, operation, { beganMs, said: thrown.said });
      await sleep(FAILED_MS, this.signal);
    }
    return true;
  }

  /** Every acknowledged operation is at a revision above (a read: not below) those acknowledged before it began. */
  private compareRevision(kind: Kind, revision: number, highest: number): void {
    const isBack = kind === 'read' ? revision < highest : revision <= highest;
    if (isBack) this.revisionsBack++;
    this.highest = isBack ? revision : Math.max(this.highest, revision);
  }

  private measure({ kind, keys, dueMs }: Request, operation: number, beganMs: number): void {
    const endMs = this.nowMs();
    const tookMs = endMs - Math.min(dueMs, beganMs);
    if (kind === 'read') return this.readLatency.add(tookMs);
    this.latency.add(tookMs);
    this.timeline.acknowledged(endMs, tookMs);
    this.outage.acknowledged(endMs);
    this.lastWriteBeganMs = Math.max(this.lastWriteBeganMs, beganMs);
    for (const key of keys) this.floors[key] = operation;
  }

  private record(
    { what, keys, client, dueMs }: Pick<Line, 'what' | 'keys' | 'client'> & { dueMs: number },
    { member, incarnation }: Target,
    operation: number,
    about: { beganMs: number; answer?: Partial<Answer>; said?: string },
  ): void {
    const { beganMs, answer, said } = about;
    this.options.recorder.write({
      operation,
      client,
      what,
      keys,
      member,
      incarnation,
      atMs: thousandths(beganMs),
      tookMs: thousandths(this.nowMs() - beganMs),
      lateMs: thousandths(Math.max(0, beganMs - dueMs)),
      outcome: this.history.outcome(operation),
      said,
      revision: answer?.revision,
      saw: answer?.saw,
    });
  }
}

function saidBy(thrown: unknown): string {
  return thrown instanceof EtcdSaid ? thrown.said : 'the run was ended';
}

/** Undefined where the process ended a moment ago. */
function clientOf(target: Target): EtcdClient | undefined {
  try {
    return target.client;
  } catch (thrown) {
    if (thrown instanceof Unmet) return undefined;
    throw thrown;
  }
}

function thousandths(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
