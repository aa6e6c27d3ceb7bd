/**
 * A start that etcd is expected to refuse. Refused is a process that exited and said why, or one that runs on, complains,
 * and is confirmed not to serve. A member that serves was not refused, whatever it logged.
 */
import type { MemberProcess } from '../cluster/cluster';
import { complaints, isWarning, lastWords, readings } from '../cluster/log';
import { firstWithin, formatDuration } from '../clock';
import { EtcdSaid, Unmet } from '../errors';
import type { TextMatcher } from '../match';
import type { StepContext } from './context';
import { hasLeaderByMetrics } from './expect/unserved';
import { isRefusedUser, PROBE_MS, whyNotServing } from './health';

/** How often the member itself is looked at while its log is silent. */
const LOOK_MS = 200;
/** How often a member that has complained is asked whether it knows a leader. */
const ASK_LEADER_MS = 500;

/** For how long a member that has logged the expected text must not serve to count as refused, in milliseconds. */
export interface ConfirmTimes {
  /** Of a member that takes part in raft and knows no leader all that time. */
  withoutLeader: number;
  /** Of any other: it knows a leader, or does not take part in raft yet. */
  otherwise: number;
}

/** etcd's own default (`--election-timeout`). */
const ELECTION_MS = 1000;

/**
 * The times, several times those of the slowest honest start: 10 s and 30 s with etcd's defaults. Measured with 302
 * starts, restarts and joins on 3.3.25 to 3.7.3 on two overloaded cores: once its metrics answer, a member waits for a
 * leader for at most 1.9 s. A member that joins a cluster of one (3.5 and later), or whose first publish is lost, serves
 * after at most 9.6 s; it waits for requests to the cluster, which take up to 5 s and two election timeouts each.
 */
export function confirmTimes(flags: Readonly<Record<string, string>>): ConfirmTimes {
  const own = Number(flags['election-timeout'] ?? ELECTION_MS);
  const electionMs = Number.isFinite(own) ? Math.max(ELECTION_MS, own) : ELECTION_MS;
  return { withoutLeader: 10 * electionMs, otherwise: 4 * (5000 + 2 * electionMs) + 2000 };
}

/** The exit code of a process that SIGKILL ended: etcd never exits with it by itself. */
const KILLED = 137;

/** How a start that has to be refused came out. */
type Outcome = 'exited' | 'serves' | Confirmed;
interface Confirmed {
  said: string;
  forMs: number;
  withoutLeader: boolean;
}

/**
 * Waits until the process is refused as expected, and throws what it said as EtcdSaid. Throws Unmet where it serves, exits
 * for another reason, never says what is expected, or says it and is not confirmed to stay away in the time of the step.
 */
export async function expectRefusal(
  process: MemberProcess,
  context: StepContext,
  times: ConfirmTimes = confirmTimes(process.spec.flags),
): Promise<never> {
  const { member, log } = process;
  const { expectError: expected } = context;
  if (!expected) throw new Error('expectRefusal needs an expected error');
  const waitedFor = `${member} to say ${expected.description}`;
  context.waitingFor(waitedFor);
  const outcome = await watch(process, new Watch(process, expected, times), context);
  if (outcome === 'exited') return judgeExit(process, expected, context);
  const said = saidBy(log.lines.filter(isWarning), expected);
  if (outcome === 'serves') {
    const aside = said === undefined ? '' : `; a member that serves was not refused, although it logged: ${said}`;
    throw new Unmet(`${member} started and serves, although it was expected to say ${expected.description}${aside}`);
  }
  if (outcome !== undefined) {
    const why = outcome.withoutLeader ? 'knows no leader and does not serve' : 'does not serve';
    context.note(`${member} runs on: it ${why}, confirmed for ${formatDuration(outcome.forMs)}`);
    throw new EtcdSaid(outcome.said, 'failed', member);
  }
  if (said === undefined) {
    const routine = saidBy(log.lines, expected);
    const aside =
      routine === undefined ? '' : `; only a line below level warn has it, which refuses nothing: ${routine}`;
    throw new Unmet(`${member} ran on without serving, and never said ${expected.description}${aside}`, [], waitedFor);
  }
  throw new Unmet(
    `${member} said ${expected.description} and runs on, but the time of the step was too short to confirm that it does ` +
      `not serve: that takes ${formatDuration(times.withoutLeader)} without a leader, and else ` +
      `${formatDuration(times.otherwise)}; give the step a longer \`timeout\``,
    [],
    `${member} to exit, or to be confirmed not to serve`,
  );
}

/** The process has exited: for the expected reason, or for another one. */
function judgeExit(process: MemberProcess, expected: TextMatcher, context: StepContext): never {
  const { member, log, exitCode } = process;
  const said = saidBy(complaints(log.lines), expected);
  const last = `${lastWords(log.lines)} (exited with code ${exitCode})`;
  if (exitCode === KILLED) throw new Unmet(`${member} was killed before it was refused (exit code ${KILLED})`);
  if (log.portOpened) throw new Unmet(`${member} served before it ended, so its start was not refused: ${last}`);
  if (said === undefined) {
    throw new Unmet('it failed, but with another error', [
      { subject: 'error', expected: expected.description, actual: `${member} said: ${last}` },
    ]);
  }
  context.note(`${member} exited with code ${exitCode}`);
  throw new EtcdSaid(said, 'failed', member);
}

/** The first of the lines that has the expected text; for a JSON line its own words, where these have it. */
function saidBy(lines: readonly string[], expected: TextMatcher): string | undefined {
  for (const line of lines) {
    const said = readings(line).findLast((text) => expected.matches(text));
    if (said !== undefined) return said;
  }
  return undefined;
}

/** What is known so far about a process that has to be refused. */
class Watch {
  /** The expected text, from the moment when a line at level warn or above has it. */
  private complaint: { said: string; sinceMs: number } | undefined;
  private leaderlessSinceMs: number | undefined;
  private askedMs = 0;

  constructor(
    private readonly process: MemberProcess,
    private readonly expected: TextMatcher,
    private readonly times: ConfirmTimes,
  ) {}

  async look(context: StepContext): Promise<Outcome | undefined> {
    const { process } = this;
    if (process.exitCode !== undefined) return 'exited';
    const reason = await whyNotServing(process, context.call(PROBE_MS));
    if (reason === undefined || isRefusedUser(reason)) return 'serves';
    // It ended while it was asked.
    if (hasExited(process)) return 'exited';
    this.complaint ??= this.newComplaint();
    if (!this.complaint) return undefined;
    context.waitingFor(`${process.member} to exit, or to be confirmed not to serve`);
    if (Date.now() - this.askedMs >= ASK_LEADER_MS) await this.askForLeader();
    return hasExited(process) ? 'exited' : this.confirmed(this.complaint);
  }

  private newComplaint(): { said: string; sinceMs: number } | undefined {
    const said = saidBy(this.process.log.lines.filter(isWarning), this.expected);
    return said === undefined ? undefined : { said, sinceMs: Date.now() };
  }

  /** etcd opens its metrics page when it takes part in raft: an answer without a leader means that it looks for one. */
  private async askForLeader(): Promise<void> {
    const has = await hasLeaderByMetrics(this.process, PROBE_MS);
    this.askedMs = Date.now();
    if (has === false) this.leaderlessSinceMs ??= this.askedMs;
    else this.leaderlessSinceMs = undefined;
  }

  private confirmed({ said, sinceMs }: { said: string; sinceMs: number }): Confirmed | undefined {
    const now = Date.now();
    const forMs = now - sinceMs;
    const leaderlessMs = this.leaderlessSinceMs === undefined ? 0 : now - this.leaderlessSinceMs;
    const withoutLeader = leaderlessMs >= this.times.withoutLeader;
    return withoutLeader || forMs >= this.times.otherwise ? { said, forMs, withoutLeader } : undefined;
  }
}

function hasExited(process: MemberProcess): boolean {
  return process.exitCode !== undefined;
}

/** Looks at every new line of the log, and at the member itself now and then; undefined where the time is over. */
async function watch(process: MemberProcess, seen: Watch, context: StepContext): Promise<Outcome | undefined> {
  const end = Date.now() + context.left();
  for (;;) {
    const outcome = await seen.look(context);
    if (outcome !== undefined) return outcome;
    const leftMs = end - Date.now();
    if (leftMs <= 0) return undefined;
    await firstWithin(Math.min(LOOK_MS, leftMs), context.signal, [process.log.change(), process.exited]);
  }
}
