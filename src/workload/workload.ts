/** The clients of a workload: they write and read until they are told to stop, and write down what comes of it. */
import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import type { Call, EtcdClient, RangeAnswer } from '../cluster/client';
import { sleep } from '../clock';
import { EtcdSaid, Unmet } from '../errors';
import type { Finding, WorkloadFigures } from '../figures';
import { holdLease, type LeaseAnswer, type LeaseClient } from './lease-client';
import { History, type Kind } from './history';
import { Errors, Histogram, noOutcomes, Outage, Timeline } from './meter';
import { Naming, NOBODY } from './naming';
import { Pace } from './pace';
import type { Line, Recorder } from './recorder';
import { Requests, type Request } from './requests';
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

/** One of the clients. */
interface Asker {
  name: string;
  targets: Targets;
  pace: Pace;
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
  /** Not the workload's own end: what is under way then still gets its answer. */
  private readonly call: Call;
  private readonly requests: Requests;
  private clients: Promise<void>[] = [];
  private endedMs: number | undefined;
  private highest = 0;
  /** Counts how often revisions went back: what was in flight then is not counted again. */
  private revisionsBack = 0;
  /** Lives of leases that went to their end, and what was wrong with some. */
  leasesHeld = 0;
  readonly wrongLeases: Finding[] = [];

  constructor(private readonly options: WorkloadOptions) {
    const { keys, valueBytes, timeoutMs } = options.settings;
    this.naming = new Naming(keys, valueBytes);
    this.floors = new Int32Array(keys).fill(NOBODY);
    this.call = { timeoutMs, signal: options.signal };
    this.requests = new Requests(this.naming, this.call);
    this.signal = AbortSignal.any([options.signal, this.ending.signal]);
    for (const signal of [this.signal, options.signal]) setMaxListeners(0, signal);
  }

  /** Milliseconds since the workload was made. */
  nowMs(): number {
    return performance.now() - this.startedAt;
  }

  start(): void {
    const { writers, readers, keys, rate, leases } = this.options.settings;
    const pace = new Pace(rate, this.nowMs());
    // A reader is as busy as a writer.
    const readPace = new Pace(rate && (rate * readers) / writers, this.nowMs());
    const reads = readers > 0 ? Array.from({ length: keys }, (_, key) => this.requests.read(key)) : [];
    this.clients = [
      ...Array.from({ length: writers }, (_, i) => this.runWriter(i, pace)),
      ...Array.from({ length: readers }, (_, i) => this.runReader(i, readPace, reads)),
      ...Array.from({ length: leases }, (_, i) => this.runLeaseHolder(i)),
    ].map((client) => client.catch((thrown: unknown) => this.refuseUnlessOver(thrown)));
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

  private refuseUnlessOver(thrown: unknown): void {
    if (!this.signal.aborted) throw thrown;
  }

  /** Writes its own keys one after the other: a key has one writer, and one write in flight (see Chain). */
  private async runWriter(index: number, pace: Pace): Promise<never> {
    const { writers, keys, transactions } = this.options.settings;
    const own = Array.from({ length: keys }, (_, key) => key).filter((key) => key % writers === index);
    const puts = own.map((key) => this.requests.put(key));
    const pairs = transactions > 0 ? own.map((key, i) => [key, own[(i + 1) % own.length] ?? key]) : [];
    const txns = pairs.map((pair) => this.requests.txn(pair));
    const asker = { name: `writer ${index + 1}`, targets: new Targets(index, this.options.candidates), pace };
    let share = index / writers;
    for (let turn = 0; ; turn++) {
      share += transactions;
      const isTxn = share >= 1;
      if (isTxn) share -= 1;
      await (isTxn ? this.request(asker, txns[turn % txns.length]!) : this.request(asker, puts[turn % puts.length]!));
    }
  }

  private async runReader(index: number, pace: Pace, reads: readonly Request<RangeAnswer>[]): Promise<never> {
    const asker = { name: `reader ${index + 1}`, targets: new Targets(index + 1, this.options.candidates), pace };
    for (let turn = index; ; turn++) await this.request(asker, reads[turn % reads.length]!);
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
      const answer = await send(client, this.call, operation);
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

  /** Waits until there is somebody to ask. Rejects when the workload is over. */
  private async whoeversTurn(targets: Targets): Promise<{ target: Target; client: EtcdClient }> {
    for (;;) {
      const asked = this.turn(targets);
      if (asked) return asked;
      await sleep(NOBODY_MS, this.signal);
    }
  }

  /** Undefined where there is nobody to ask just now. Throws when the workload is over. */
  private turn(targets: Targets): { target: Target; client: EtcdClient } | undefined {
    this.signal.throwIfAborted();
    const target = targets.next(this.nowMs());
    const client = target && clientOf(target);
    return client && { target, client };
  }

  /** Sends a request when it is due, to whoever's turn it is. Rejects when the workload is over. */
  private async request<A extends { revision: string }>(asker: Asker, request: Request<A>): Promise<void> {
    const { kind, keys, names } = request;
    const dueMs = asker.pace.next(this.nowMs());
    const { ready } = this.options.recorder;
    if (ready) await ready;
    const waitMs = dueMs - this.nowMs();
    if (waitMs > 0) await sleep(waitMs, this.signal);
    const { target, client } = this.turn(asker.targets) ?? (await this.whoeversTurn(asker.targets));
    const { history, highest, revisionsBack } = this;
    const beganMs = this.nowMs();
    const floor = kind === 'read' ? this.floors[keys[0] ?? 0] : undefined;
    const operation = history.begin(kind, keys, { member: target.member, atMs: beganMs, floor });
    const counts = kind === 'read' ? this.reads : this.writes;
    const sent = { what: kind, keys: names, client: asker.name, dueMs };
    try {
      const answer = await request.send(client, operation);
      const { revision } = answer;
      const saw = request.saw(answer);
      counts.acknowledged++;
      history.acknowledge(operation, Number(revision), saw);
      if (revisionsBack === this.revisionsBack) this.compareRevision(kind, Number(revision), highest);
      this.measure({ kind, keys, dueMs }, operation, beganMs);
      this.record(sent, target, operation, { beganMs, answer: { revision, saw } });
    } catch (thrown) {
      const outcome = thrown instanceof EtcdSaid ? thrown.outcome : 'unknown';
      counts[outcome]++;
      if (outcome === 'failed') history.fail(operation);
      this.record(sent, target, operation, { beganMs, said: saidBy(thrown) });
      if (!(thrown instanceof EtcdSaid)) throw thrown;
      asker.targets.failed(target, this.nowMs());
      this.errors.add(thrown.said);
      this.timeline.error(this.nowMs());
      await sleep(FAILED_MS, this.signal);
    }
  }

  /** Every acknowledged operation is at a revision above (a read: not below) those acknowledged before it began. */
  private compareRevision(kind: Kind, revision: number, highest: number): void {
    const isBack = kind === 'read' ? revision < highest : revision <= highest;
    if (isBack) this.revisionsBack++;
    this.highest = isBack ? revision : Math.max(this.highest, revision);
  }

  private measure(
    { kind, keys, dueMs }: { kind: Kind; keys: readonly number[]; dueMs: number },
    operation: number,
    beganMs: number,
  ): void {
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
    about: { beganMs: number; answer?: Pick<Line, 'revision' | 'saw'>; said?: string },
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
