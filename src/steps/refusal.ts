/** A start that etcd is expected to refuse: recognised from this incarnation's log or exit, before it ever serves. */
import type { MemberProcess } from '../cluster/cluster';
import { isFatal, lastWords } from '../cluster/log';
import { firstWithin, poll } from '../clock';
import { EtcdSaid, Unmet } from '../errors';
import type { StepContext } from './context';
import { PROBE_MS, whyNotServing } from './health';

/** How long a process may take to end after its last, fatal line. */
const FATAL_EXIT_MS = 10_000;
/** How often the member itself is looked at while its log is silent. */
const LOOK_MS = 200;
/** How long a fatal line may take to follow the line that was expected. */
const FATAL_FOLLOWS_MS = 250;

type Outcome = { said: string; line: string } | 'exited' | 'serves';

/**
 * Waits until the process says what is expected, and throws it as EtcdSaid; whether it then exits ("member count is
 * unequal") or runs on, never joining ("cluster ID mismatch"), the reports say. Throws Unmet when it serves instead,
 * and EtcdSaid with its last lines when it exits for another reason.
 */
export async function expectRefusal(process: MemberProcess, context: StepContext): Promise<never> {
  const { member, log } = process;
  const expected = context.expectError;
  if (!expected) throw new Error('expectRefusal needs an expected error');
  const waitedFor = `${member} to say ${expected.description}`;
  context.waitingFor(waitedFor);
  const look = async (): Promise<Outcome | undefined> => {
    const found = log.find((text) => expected.matches(text));
    if (found) return found;
    if (process.exitCode !== undefined) return 'exited';
    return (await whyNotServing(process, context.call(PROBE_MS))) === undefined ? 'serves' : undefined;
  };
  const outcome = await watch(process, look, context);
  if (outcome === undefined) {
    throw new Unmet(`${member} ran on without serving, and never said ${expected.description}`, [], waitedFor);
  }
  if (outcome === 'serves') {
    throw new Unmet(`${member} started and serves, although it was expected to say ${expected.description}`);
  }
  if (outcome === 'exited') {
    throw new EtcdSaid(`${lastWords(log.lines)} (exited with code ${process.exitCode})`, 'failed', member);
  }
  await settle(process, context);
  context.note(
    process.exitCode === undefined
      ? `${member} runs on, without joining`
      : `${member} exited with code ${process.exitCode}`,
  );
  throw new EtcdSaid(outcome.said, 'failed', member);
}

/** Looks at every new line of the log, and at the member itself now and then. */
async function watch(
  process: MemberProcess,
  look: () => Promise<Outcome | undefined>,
  context: StepContext,
): Promise<Outcome | undefined> {
  const end = Date.now() + context.left();
  for (;;) {
    const outcome = await look();
    if (outcome !== undefined) return outcome;
    const leftMs = end - Date.now();
    if (leftMs <= 0) return undefined;
    await firstWithin(Math.min(LOOK_MS, leftMs), context.signal, [process.log.change(), process.exited]);
  }
}

/** After a fatal line the process is about to end: what follows must find it ended. */
async function settle(process: MemberProcess, context: StepContext): Promise<void> {
  const fatal = await poll(
    async () => (process.exitCode !== undefined || process.log.lines.some(isFatal) ? true : undefined),
    { withinMs: FATAL_FOLLOWS_MS, signal: context.signal },
  );
  if (!fatal) return;
  await firstWithin(FATAL_EXIT_MS, context.signal, [process.exited]);
}
