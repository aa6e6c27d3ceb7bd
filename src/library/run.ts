/** A whole run: from paths to a verdict, with reports. */
import { join } from 'node:path';
import { connectEngine, type Engine } from '../cluster/docker/engine';
import { removeDeadFolders } from '../cluster/docker/folders';
import { Heartbeat } from '../cluster/docker/heartbeat';
import type { Lease } from '../cluster/docker/lease';
import { findLeftovers, removeFound } from '../cluster/docker/remove';
import type { ImageOptions } from '../cluster/docker/images';
import { EnvironmentError, exitCodeOfError, Interrupted, UsageError, type Problem } from '../errors';
import type { Counts, EventOf, NothingRan, Reporter } from '../events';
import { messageOfError } from '../problems';
import { Broadcast } from '../report/broadcast';
import { logFile, recordFile } from '../report/folder';
import type { PlannedCase } from '../run/plan';
import { exitCodeOf, runCases } from '../run/run';
import { doubtfulFlags } from '../run/plan';
import { askImages } from './image-flags';
import { shortageBehind } from '../shortage';
import { requireRoom } from './disk';
import { bindAddress, dockerEnvironment } from './docker-environment';
import { withPasswords } from './passwords';
import { openReports, reportsTrouble } from './reports-folder';
import { newRunId, reportsOf } from './run-id';
import { check, refuseErrors } from './check';
import type { LoadRequest } from './load';
import type { PlanRequest } from './plan';
import { resolveWithEngine } from './versions';

const DEFAULT_TIMEOUT_MS = 5 * 60_000;
/** How long calls to the engine may take once a run was abandoned. */
const GIVE_UP_MS = 3500;

export interface RunRequest extends LoadRequest, PlanRequest {
  /** The id of the run, from `newRunId`; if omitted, one is made. */
  run?: string;
  /** The ids of the cases that are meant; left out: all of them. */
  cases?: readonly string[];
  jobs?: number;
  failFast?: boolean;
  /** Leaves a failed case's cluster up. */
  keep?: boolean;
  /** Shows the values of a snapshot from outside; otherwise their length and SHA-256 stand for them. */
  showValues?: boolean;
  /** Absolute folder for logs and file reports, `{run}` in it stands for the run's id; null for none. */
  reports?: string | null;
  /** For tests: other times than those of a run's signs of life. */
  lease?: Lease;
  /** Several runs write logs to the reports folder at the same time: nothing of an earlier run is removed. */
  sharesReports?: boolean;
  /** Who listens; made by the caller, who knows about streams and colours. */
  reporters?: readonly Reporter[];
  /** A scenario's deadline where it names none, in milliseconds. */
  timeoutMs?: number;
  /** The address that ports are bound to; 127.0.0.1 where the engine is on this machine. */
  bind?: string;
  /** With fewer cases that passed, the run is no success: exit code 2. */
  minRun?: number;
  images?: Partial<ImageOptions>;
  /** Where the passwords of `auth` are looked up: `process.env`, mostly. */
  env?: Readonly<Record<string, string | undefined>>;
  /** The first interruption: steps are abandoned, `finally` runs, everything is removed. */
  signal?: AbortSignal;
  /** The second one: `finally` is skipped, and what can't be removed within a few seconds is left. */
  abandon?: AbortSignal;
  /** Told what is waited for before the run has begun; later that is an event. */
  say?: (message: string) => void;
  /** The tool's own version, for the reports. */
  tool?: string;
}

export interface RunResult {
  run: string;
  /** As the command line exits: 0, 1, 2, 3 or 130. */
  exitCode: number;
  counts: Counts;
  cases: EventOf<'case-finished'>[];
}

/**
 * Runs drills. Throws ScenarioError and UsageError before anything was started, EnvironmentError where no engine
 * answers; whatever happens to a case is in the result.
 */
export async function run(request: RunRequest): Promise<RunResult> {
  const [signal, abandon] = [interruptionOf(request.signal), interruptionOf(request.abandon)];
  try {
    return await withReports(request, (known) => runUntil(signal.signal, { ...known, abandon: abandon.signal }));
  } finally {
    signal.dispose();
    abandon.dispose();
  }
}

type Known = RunRequest & Required<Pick<RunRequest, 'run' | 'reports' | 'reporters'>>;

/** Runs with the reports folder locked. Whatever ends the run early, its file reports say so. */
async function withReports(request: RunRequest, work: (known: Known) => Promise<RunResult>): Promise<RunResult> {
  const { run: id = newRunId(), reporters = [], signal } = request;
  const reports = request.reports == null ? null : reportsOf(request.reports, id);
  const known: Known = { ...request, run: id, reports, reporters };
  if (reports === null) return work(known);
  const release = await openReports(reports, id, { alone: request.sharesReports !== true });
  try {
    begin(reports, known);
    return await work(known);
  } catch (thrown) {
    const reason = signal?.aborted ? new Interrupted('interrupted before anything ran') : thrown;
    tellNothingRan(reporters, nothingRan(id, reason));
    throw thrown;
  } finally {
    await release();
  }
}

function begin(reports: string, { run: id, reporters }: Known): void {
  try {
    for (const reporter of reporters) reporter.begin?.(id);
  } catch (thrown) {
    throw reportsTrouble(reports, thrown);
  }
}

/** Where a file can't be written, "did not finish" stays in it: what was thrown first is what counts. */
export function tellNothingRan(reporters: readonly Reporter[], why: NothingRan): void {
  for (const reporter of reporters) {
    try {
      reporter.nothingRan?.(why);
    } catch {
      continue;
    }
  }
}

const KINDS = { 2: 'usage', 3: 'environment', 130: 'interrupted' } as const;

/** What the reports say of a run that ended, by what was thrown, before any case was started. */
export function nothingRan(run: string, thrown: unknown): NothingRan {
  const exitCode = exitCodeOfError(thrown);
  return { run, kind: KINDS[exitCode], message: messageOfError(thrown), exitCode };
}

/**
 * A caller aborts with any reason, or none: it is an interruption all the same. Only what broke the runner stays what
 * it is.
 */
function interruptionOf(signal: AbortSignal | undefined): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  const pass = (): void => {
    const reason: unknown = signal?.reason;
    const known = reason instanceof Interrupted || reason instanceof EnvironmentError;
    controller.abort(known ? reason : new Interrupted());
  };
  if (signal?.aborted) pass();
  else signal?.addEventListener('abort', pass, { once: true });
  return { signal: controller.signal, dispose: () => signal?.removeEventListener('abort', pass) };
}

async function runUntil(interrupted: AbortSignal, request: Known): Promise<RunResult> {
  const images: ImageOptions = { pull: 'missing', ...request.images };
  const { said, ...asked } = await resolveWithEngine(request, { images, signal: interrupted, say: request.say });
  const read = await check({ ...request, ...asked });
  const learned = await askImages(doubtfulFlags(read.cases), { run: newRunId(), images, signal: interrupted });
  const { cases: all, problems, remarks, noneFits } = learned ? await check({ ...request, ...asked }) : read;
  refuseErrors(problems);
  const wanted = all.filter(({ ref }) => request.cases?.includes(ref.id) ?? true);
  const cases = withPasswords(wanted, request.env ?? {});
  if (cases.length === 0)
    throw new UsageError(`nothing was selected: ${noneFits ?? 'there is no drill here that is meant'}`);
  const told: Listening = { say: request.say ?? (() => undefined) };
  const engine = await connectEngine({ say: (message) => told.say(message), signal: interrupted });
  try {
    return await runOn(engine, { request, interrupted, cases, problems, remarks, said, images, told });
  } finally {
    // What still hangs there is not waited for: nobody would be told of its end.
    engine.giveUp(0, new EnvironmentError('the run is over'));
  }
}

/** Who is told what the engine is waited for: the caller, and once the run has begun its reporters. */
interface Listening {
  say: (message: string) => void;
}

interface Checked {
  request: Known;
  interrupted: AbortSignal;
  cases: PlannedCase[];
  problems: Problem[];
  remarks: string[];
  said: string[];
  images: ImageOptions;
  told: Listening;
}

async function runOn(engine: Engine, checked: Checked): Promise<RunResult> {
  const { request, interrupted, cases, problems, remarks, said, images, told } = checked;
  const { run: id, reports } = request;
  const bind = bindAddress(engine, request.bind);
  const jobs = request.jobs ?? defaultJobs(engine);
  await requireRoom(cases, jobs, engine);
  const finished: EventOf<'case-finished'>[] = [];
  const collector: Reporter = { name: 'result', event: (e) => void (e.type === 'case-finished' && finished.push(e)) };
  const broadcast = new Broadcast(id, [collector, ...request.reporters], Date.now);
  const began = Date.now();
  const logFileOf = (caseId: string, member: string, incarnation: number): string | undefined =>
    reports === null ? undefined : join(reports, logFile(caseId, member, incarnation));
  const emit = broadcast.emit.bind(broadcast);
  told.say = (message) => void emit({ type: 'progress', message });
  const abandoned = request.abandon ?? new AbortController().signal;
  abandoned.addEventListener('abort', () => engine.giveUp(GIVE_UP_MS, abandonedRun(id)), { once: true });
  emit({
    type: 'run-started',
    tool: request.tool ?? 'etcd-scenarios',
    cases: cases.map(({ ref }) => ref),
    jobs,
    engine: engine.description,
    bind,
    reports,
  });
  for (const message of [...remarks, ...said]) emit({ type: 'progress', message });
  for (const problem of problems) emit({ type: 'problem', problem });
  const removed = await sweep(engine, interrupted, request.lease);
  if (removed !== undefined) emit({ type: 'progress', message: removed });
  const keep = request.keep ?? false;
  const swept = new AbortController();
  const onSwept = (error: EnvironmentError): void => swept.abort(error);
  const heartbeat = new Heartbeat({ docker: engine.docker, run: id, lease: request.lease, onSwept });
  const ending = AbortSignal.any([interrupted, swept.signal]);
  const counts = await runCases({
    cases,
    jobs,
    failFast: request.failFast ?? false,
    keep,
    showValues: request.showValues ?? false,
    timeoutMs: request.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    environment: dockerEnvironment({
      engine,
      run: id,
      bind,
      keep,
      images,
      emit,
      logFileOf,
    }),
    emit,
    interrupted: ending,
    abandoned,
    logOf: (caseId, member, incarnation) => (reports === null ? undefined : logFile(caseId, member, incarnation)),
    recordOf: (...about) => {
      const shown = recordFile(...about);
      return reports === null ? undefined : { path: join(reports, shown), shown };
    },
  }).finally(() => heartbeat.stop());
  return conclude({ broadcast, counts, began, id, finished, request, interrupted });
}

function abandonedRun(id: string): EnvironmentError {
  return new EnvironmentError(
    'the run was abandoned before everything was removed',
    `remove what is left with \`etcd-scenarios clean --run ${id}\``,
  );
}

async function conclude(about: {
  broadcast: Broadcast;
  counts: Counts;
  began: number;
  id: string;
  finished: EventOf<'case-finished'>[];
  request: RunRequest;
  interrupted: AbortSignal;
}): Promise<RunResult> {
  const { broadcast, counts, request } = about;
  const minRun = request.minRun ?? 0;
  const remarks = broadcast
    .problems()
    .map(({ reporter, error }) => `the reporter ${reporter} failed: ${(shortageBehind(error) ?? error).message}`);
  const ran = counts.passed + counts.failed + counts.error + counts.interrupted;
  if (ran === 0) remarks.push('everything that was selected was skipped');
  if (counts.passed < minRun) remarks.push(`only ${counts.passed} passed, and --min-run asks for ${minRun}`);
  const verdict = exitCodeOf(counts, { interrupted: about.interrupted.reason instanceof Interrupted, minRun });
  const exitCode = verdict === 0 && broadcast.problems().length > 0 ? 3 : verdict;
  broadcast.emit({ type: 'run-finished', counts, exitCode, durationMs: Date.now() - about.began, remarks });
  await broadcast.finish();
  const late = broadcast.problems().length > 0 && exitCode === 0;
  return { run: about.id, exitCode: late ? 3 : exitCode, counts, cases: about.finished };
}

/** Most of a drill is waiting: more run at once than there are cores, as far as memory carries them. */
export function defaultJobs({ cpus, memoryBytes }: Pick<Engine, 'cpus' | 'memoryBytes'>): number {
  const byMemory = Math.floor(memoryBytes / 1024 ** 3);
  return Math.max(1, Math.min(12, cpus * 3, byMemory));
}

/** Removes and lists leftovers of killed runs. An engine that does not answer is no error here: the cases report it. */
async function sweep(engine: Engine, signal: AbortSignal, lease?: Lease): Promise<string | undefined> {
  try {
    return await removeLeftovers(engine, signal, lease);
  } catch (thrown) {
    if (thrown instanceof EnvironmentError) return `what earlier runs left is not removed: ${thrown.message}`;
    throw thrown;
  }
}

async function removeLeftovers(engine: Engine, signal: AbortSignal, lease?: Lease): Promise<string | undefined> {
  const [left, folders] = await Promise.all([findLeftovers(engine.docker, lease), removeDeadFolders(lease)]);
  if (left.length + folders.length === 0) return undefined;
  await removeFound(engine.docker, left, signal);
  const kinds = ['container', 'network', 'volume'] as const;
  const counted = kinds.map((kind) => `${left.filter((one) => one.kind === kind).length} ${kind}s`);
  if (folders.length > 0) counted.push(`${folders.length} folders`);
  return `removed what a run that was killed had left: ${counted.join(', ')}`;
}
