/** What went wrong, as reports tell it. */
import type { Cluster } from '../cluster/cluster';
import { causesIn } from '../cluster/causes';
import { isWarning } from '../cluster/log';
import { asError, EnvironmentError, EtcdSaid, Interrupted, Unmet } from '../errors';
import type { Failure, LogExcerpt, StepRef, Verdict } from '../events';
import { shortageBehind } from '../shortage';
import { codeFrame } from '../source';
import type { LoadedStep } from '../scenario/scenario';
import type { StepTrace } from './trace';

/** Lines of each log that a failure shows. */
const LOG_LINES = 12;
/** Earlier lines that it shows at most, where they may say why. */
const EARLIER_LINES = 5;

/** A step's failure on its way up through blocks: told once, where it happened. */
export class StepFailed extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
    this.name = 'StepFailed';
  }
}

/** The failure behind whatever was thrown. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof StepFailed) return thrown.failure;
  const error = shortageBehind(thrown) ?? asError(thrown);
  const bare = { comparisons: [], resolved: [], logs: [] };
  if (error instanceof Interrupted) return { kind: 'interrupted', message: error.message, ...bare };
  if (error instanceof EnvironmentError) {
    return { kind: 'environment', message: error.message, cure: error.cure, ...bare };
  }
  if (error instanceof Unmet) {
    return {
      kind: 'expectation',
      message: error.message,
      ...bare,
      comparisons: error.comparisons,
      waitedFor: error.waitedFor,
    };
  }
  if (error instanceof EtcdSaid) return { kind: 'expectation', message: error.message, ...bare };
  return {
    kind: 'environment',
    message: `the runner itself broke: ${error.stack ?? error.message}`,
    cure: 'this is a bug in etcd-scenarios; please report it with the events.ndjson of this run',
    ...bare,
  };
}

const ASKS_FOR_USER =
  'the cluster asks for a user: add `auth: {user: root, password: {env: NAME}}` to the scenario, and put the password into that variable';
const KNOWS_NOT =
  'the cluster asks for a user, and knows none with this password: look at `auth` of the scenario, and at the variable that it names';

/** What would help where the cluster does not let us in (texts of etcd 3.3 to 3.7: tls-auth.md, section 5). */
function cureOf(message: string): string | undefined {
  if (message.includes('user name is empty')) return ASKS_FOR_USER;
  return message.includes('invalid user ID or password') ? KNOWS_NOT : undefined;
}

/** The failure of a step, with everything that a person needs to see. */
export function stepFailure(
  thrown: unknown,
  step: LoadedStep,
  ref: StepRef,
  told: { trace: StepTrace; durationMs: number; attempts: number; cluster: Cluster; logOf: LogPath },
): Failure {
  const { trace, cluster } = told;
  const failure = failureOf(thrown);
  const concerned = trace.concerned.size > 0 ? [...trace.concerned] : cluster.members;
  return {
    ...failure,
    cure: failure.cure ?? cureOf(failure.message),
    step: ref,
    frame: codeFrame(step.source, step.place, { before: 2, after: 2 }),
    waitedFor: failure.waitedFor ?? (failure.kind === 'interrupted' ? trace.waitingFor : undefined),
    durationMs: told.durationMs,
    attempts: told.attempts,
    resolved: trace.resolved,
    // An interruption is no riddle: its logs would only hide the real failures.
    logs:
      failure.kind === 'interrupted'
        ? []
        : concerned.flatMap((member) =>
            excerpt(member, cluster, { logOf: told.logOf, ofData: differsInData(failure, ref) }),
          ),
  };
}

/** The path of a process's whole log as reports name it. */
export type LogPath = (member: string, incarnation: number) => string | undefined;

/** Members answered, and what they hold is not as expected: `expect` alone looks at how they are. */
function differsInData({ comparisons }: Failure, { action }: StepRef): boolean {
  return comparisons.length > 0 && action !== 'expect';
}

/** `ofData`: of a process that runs only the lines that warn, for what it does day by day explains nothing. */
function excerpt(
  member: string,
  cluster: Cluster,
  { logOf, ofData }: { logOf: LogPath; ofData: boolean },
): LogExcerpt[] {
  const process = cluster.process(member);
  if (!process) return [];
  const { incarnation, exitCode, log } = process;
  const tail = log.tail(LOG_LINES);
  const isRoutine = ofData && exitCode === undefined;
  const lines = isRoutine ? tail.filter(isWarning) : tail;
  const before = log.lines.length - tail.length;
  const earlier = causesIn(log.lines.slice(0, before), EARLIER_LINES, isRoutine ? 'strong' : 'any');
  return [
    {
      member,
      incarnation,
      state: exitCode === undefined ? 'running' : `exited with code ${exitCode}`,
      ...(earlier.length > 0 ? { earlier } : {}),
      lines,
      from: before + 1,
      ...(lines.length < tail.length ? { routine: tail.length - lines.length } : {}),
      file: logOf(member, incarnation),
    },
  ];
}

/** The verdict that a failure means for its case. */
export function verdictOf(failure: Failure | null): Verdict {
  switch (failure?.kind) {
    case undefined:
      return 'passed';
    case 'expectation':
      return 'failed';
    case 'environment':
      return 'error';
    case 'interrupted':
      return 'interrupted';
  }
}
