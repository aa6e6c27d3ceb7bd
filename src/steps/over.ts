/** Whether a member can still bring anything new in this step, where nobody starts it. */
import { strongestCause } from '../cluster/causes';
import type { MemberProcess } from '../cluster/cluster';
import type { StepContext } from './context';

/**
 * Why nothing new comes from a member, as long as no step starts it; undefined while its process runs. The process has
 * ended and its log is complete, or there never was one.
 */
export function whyOver(member: string, { cluster }: Pick<StepContext, 'cluster'>): string | undefined {
  const process = cluster.process(member);
  if (!process) return `${member} was never started`;
  return process.exitCode === undefined ? undefined : endWords(process);
}

/** SIGKILL, as exit codes have it. */
const KILLED = 137;
/** What members log when they are asked to end (3.3: `received terminated signal, shutting down...`). */
const ASKED_TO_END = /received signal; shutting down|received \w+ signal, shutting down/;

function endWords({ member, exitCode, log }: MemberProcess): string {
  const ended = `${member} exited with code ${exitCode}`;
  if (exitCode === KILLED || log.lines.some((line) => ASKED_TO_END.test(line))) return ended;
  const cause = strongestCause(log.lines);
  return cause === undefined ? ended : `${ended}: ${cause}`;
}
