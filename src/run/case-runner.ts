/** One case from its cluster's making to its removal. */
import { EnvironmentError, Unmet } from '../errors';
import { formatDuration } from '../clock';
import type { EventBody, Failure, Verdict } from '../events';
import type { MemberProcess } from '../cluster/cluster';
import { runAside } from './aside';
import { ClockWatch } from './clock-watch';
import type { CaseCluster, ClusterHooks, Environment } from './environment';
import { failureOf, verdictOf, type LogPath } from './failure';
import { judge } from './known-failure';
import { readsOutside } from './outside';
import type { PlannedCase } from './plan';
import { Secrecy } from '../steps/secrecy';
import { removalLimit } from './removal';
import { StepRunner, type StepRunnerOptions } from './step-runner';

/** How long `onFailure` may collect. */
const COLLECTING_MS = 60_000;
/** How long a member's own version is waited for; it is asked only of members that serve. */
const VERSION_MS = 2000;

export interface CaseOptions {
  environment: Environment;
  emit: (body: EventBody) => void;
  /** The first interruption: the step is abandoned, `finally` runs. */
  interrupted: AbortSignal;
  /** The second one: `finally` is skipped. */
  abandoned: AbortSignal;
  timeoutMs: number;
  keep: boolean;
  /** Whether the values of a snapshot from outside may be shown. */
  showValues: boolean;
  logOf: (caseId: string, member: string, incarnation: number) => string | undefined;
  recordOf: (
    caseId: string,
    ...about: Parameters<StepRunnerOptions['recordOf']>
  ) => ReturnType<StepRunnerOptions['recordOf']>;
}

/** Runs a case and tells of it; what was made is removed whatever happens. */
export async function runCase(planned: PlannedCase, options: CaseOptions): Promise<Verdict> {
  const { id } = planned.ref;
  const began = Date.now();
  const clock = new ClockWatch();
  options.emit({ type: 'case-started', case: id });
  const versions: Record<string, string> = {};
  const learning: Promise<void>[] = [];
  const ending = new AbortController();
  const secrecy = secrecyOf(planned, options);
  const hooks = hooksFor(id, options, { versions, learning, ending, secrecy });
  const veilLog = (line: string): string => secrecy.logLine(line);
  const cluster = options.environment.createCluster(planned, { ...hooks, veilLog });
  // One runner for all: `onFailure` and `finally` see the results of the steps.
  const runner = runnerFor(planned, cluster, secrecy, options);
  const stepsFailure = await settle(() => runSteps(planned, cluster, runner, { ...options, ending }));
  const aside = { cluster, runner, interrupted: options.interrupted, abandoned: options.abandoned };
  const { scenario } = planned;
  const collecting = stepsFailure?.step && stepsFailure.kind === 'expectation' ? scenario.onFailure : [];
  const uncollected = await runAside(collecting, { ...aside, what: 'onFailure', limitMs: COLLECTING_MS });
  const limitMs = scenario.timeoutMs ?? options.timeoutMs;
  const further = await runAside(scenario.finally, { ...aside, what: 'finally', limitMs });
  await Promise.all(learning);
  const ended = clockFailure(stepsFailure, clock) ?? (ending.signal.aborted ? failureOf(ending.signal.reason) : null);
  const { source } = scenario;
  const about = { source, version: planned.version, cluster, finallyFailed: further.length > 0 };
  const { failure, known } = judge(planned.known, ended, about);
  if (failure) further.unshift(...uncollected);
  const failed = failure !== null || further.length > 0;
  const kept = options.keep && failed ? await settleKept(cluster, planned, further) : undefined;
  if (!kept) further.push(...asList(await settle(() => remove(cluster, options))));
  const first = failure ?? further.shift() ?? null;
  const verdict = verdictOf(first);
  options.emit({
    type: 'case-finished',
    case: id,
    verdict,
    durationMs: Date.now() - began,
    failure: secrecy.scrub(first),
    ...(known ? { known: secrecy.scrub(known) } : {}),
    further: secrecy.scrub(further),
    versions,
    ...(kept ? { kept } : {}),
  });
  return verdict;
}

async function remove(cluster: CaseCluster, options: CaseOptions): Promise<void> {
  const limit = removalLimit(options);
  try {
    await cluster.tearDown(limit.signal);
  } finally {
    limit.dispose();
  }
}

/** A failure, or a success, that a jump of the clock may have made is the machine's; an interruption stays one. */
function clockFailure(failure: Failure | null, clock: ClockWatch): Failure | null {
  const jump = clock.trouble();
  if (!jump || (failure && failure.kind !== 'expectation')) return failure;
  return { ...failure, ...failureOf(jump) };
}

async function settle(work: () => Promise<unknown>): Promise<Failure | null> {
  try {
    await work();
    return null;
  } catch (thrown) {
    return failureOf(thrown);
  }
}

function asList(failure: Failure | null): Failure[] {
  return failure ? [failure] : [];
}

async function settleKept(
  cluster: CaseCluster,
  { scenario }: PlannedCase,
  further: Failure[],
): Promise<string[] | undefined> {
  try {
    const kept = await cluster.letGo();
    return readsOutside(scenario) ? [...kept, KEPT_DATA] : kept;
  } catch (thrown) {
    further.push(failureOf(thrown));
    return undefined;
  }
}

const KEPT_DATA =
  'its volumes hold the data of the snapshot from outside until then, for everyone who reaches this engine';

function hooksFor(
  caseId: string,
  { emit }: CaseOptions,
  learnt: { versions: Record<string, string>; learning: Promise<void>[]; ending: AbortController; secrecy: Secrecy },
): Omit<ClusterHooks, 'veilLog'> {
  const learn = async (process: MemberProcess): Promise<void> => {
    const { member, incarnation, endpoint, spec } = process;
    const said = await process.versions(VERSION_MS).catch(() => undefined);
    const version = said?.['etcdserver'];
    if (version === undefined) return;
    learnt.versions[member] = version;
    emit({ type: 'member-serving', case: caseId, member, incarnation, version, endpoint });
    if (version !== spec.version) learnt.ending.abort(anotherVersion(member, spec.version, version));
  };
  return {
    onStart: ({ member, incarnation, spec, address, command }) =>
      emit({ type: 'member-started', case: caseId, member, incarnation, version: spec.version, address, command }),
    onTool: (tool) => emit({ type: 'tool-started', case: caseId, ...learnt.secrecy.scrub(tool) }),
    onServing: (process) => void learnt.learning.push(learn(process)),
    onExit: ({ member, incarnation, exitCode = -1 }) =>
      emit({ type: 'member-exited', case: caseId, member, incarnation, exitCode }),
  };
}

/** A verdict about one version on the binary of another would be a lie. */
function anotherVersion(member: string, asked: string, said: string): EnvironmentError {
  return new EnvironmentError(
    `${member} was to run etcd ${asked}, and says itself that it is ${said}`,
    `use an image that has etcd ${asked}, or ask for what this one has: --etcd ${said}`,
  );
}

/** Sets up and runs the steps under everything that may end them: interruption, the deadline, a lost engine. */
async function runSteps(
  planned: PlannedCase,
  cluster: CaseCluster,
  runner: StepRunner,
  options: CaseOptions & { ending: AbortController },
): Promise<void> {
  const { ending } = options;
  const timeoutMs = planned.scenario.timeoutMs ?? options.timeoutMs;
  const overdue = new Unmet(`the scenario did not end within its ${formatDuration(timeoutMs)}`);
  const timer = setTimeout(() => ending.abort(overdue), timeoutMs);
  try {
    options.interrupted.throwIfAborted();
    cluster.lost.catch((error: unknown) => ending.abort(error));
    await cluster.setUp();
    const signal = AbortSignal.any([options.interrupted, ending.signal]);
    await runner.runAll(planned.scenario.steps, signal);
    // A green case in which somebody killed a member has shown nothing either.
    if (!signal.aborted) await cluster.confirm();
  } finally {
    clearTimeout(timer);
  }
}

function secrecyOf({ scenario, security, secrets }: PlannedCase, { showValues }: CaseOptions): Secrecy {
  return new Secrecy({
    hidesValues: readsOutside(scenario) && !showValues,
    passwords: security.auth ? [security.auth.password] : [],
    secrets,
    known: scenario.source.text,
  });
}

function runnerFor(planned: PlannedCase, cluster: CaseCluster, secrecy: Secrecy, options: CaseOptions): StepRunner {
  const { ref, scenario, version } = planned;
  const logOf: LogPath = (member, incarnation) => options.logOf(ref.id, member, incarnation);
  const { flags } = scenario;
  const confirm = (): Promise<void> => cluster.confirm();
  const recordOf: StepRunnerOptions['recordOf'] = (...about) => options.recordOf(ref.id, ...about);
  const { emit } = options;
  const { secrets } = planned;
  return new StepRunner({ caseId: ref.id, version, flags, cluster, secrecy, secrets, confirm, emit, logOf, recordOf });
}
