import { abortable, after } from '../clock';
import { Unmet } from '../errors';
import { processOf } from './ask';
import type { StepContext } from './context';
import { awaitEnding, wasRemoved } from './ending';
import { MEMBERS } from './results';
import { selector } from './schema';
import type { DrillState } from './drill-state';
import { select, type Selector } from './select';
import { defineStep, type Step } from './step';
import { sentences, targetOf, type Instruction } from './instruction';
import { list } from './words';

/** SIGTERM, and waiting for the end. A stop that outlasts its deadline fails; it never turns into a kill. */
export async function stopGracefully(member: string, context: StepContext): Promise<void> {
  await end(member, 'SIGTERM', context);
}

async function end(member: string, signal: 'SIGTERM' | 'SIGKILL', context: StepContext): Promise<void> {
  if (await hasEndedByItself(member, context)) return;
  const process = processOf(member, context);
  context.waitingFor(`${member} to end`);
  await context.cluster.signal(member, signal);
  const limit = AbortSignal.any([context.signal, after(Math.max(1, context.left()))]);
  try {
    await abortable(process.exited, limit);
  } catch (thrown) {
    if (context.signal.aborted || !limit.aborted) throw thrown;
    throw new Unmet(`${member} still runs after ${signal}`, [], `${member} to end`);
  }
}

/** A member that was removed exits by itself: whether that comes before the signal is chance, so it is waited for. */
async function hasEndedByItself(member: string, context: StepContext): Promise<boolean> {
  await awaitEnding(context, [member]);
  const process = context.cluster.process(member);
  if (process?.exitCode === undefined || !wasRemoved(process, context.cluster.roster)) return false;
  context.note(`${member} was removed from the cluster, and has exited by itself with code ${process.exitCode}`);
  return true;
}

/** Those that a selector means and that run: `all` leaves alone who is down already. */
async function runningOf(selected: Selector, context: StepContext): Promise<string[]> {
  const members = await select(selected, context);
  if (selected !== 'all') return members;
  const up = context.cluster.running().map(({ member }) => member);
  const chosen = members.filter((member) => up.includes(member));
  if (chosen.length === 0) throw new Unmet('no member runs');
  return chosen;
}

function followEnd(selected: Selector, state: DrillState): void {
  const members = state.named(selected);
  if (!members) return typeof selected === 'string' ? state.endedSome(selected) : state.forget();
  if (selected === 'all' && state.nobodyRuns()) state.problem('not-running', '/member', 'no member runs here');
  const down = selected === 'all' ? undefined : members.find((member) => state.isUp(member) === false);
  if (down !== undefined) state.problem('not-running', '/member', `${down} is not running here`);
  for (const member of members) state.ended(member);
}

function instruct(selected: Selector, state: DrillState, name: 'stop' | 'kill'): Instruction {
  const target = targetOf(selected, state);
  const up = selected === 'all' ? target.names.filter((one) => state.isUp(one) !== false) : target.names;
  const signal = name === 'stop' ? 'TERM' : 'KILL';
  const graceful =
    'Etcd ends by itself on SIGTERM, after it has written what it knows. Never shorten this with SIGKILL.';
  const hard = 'In an incident this has happened already. In a rehearsal:';
  return {
    before: sentences(target.explained, name === 'stop' ? graceful : hard),
    commands: up.map((one) => ({ on: one, text: `pkill -${signal} -f ${match(one)}` })),
    see: [
      `\`${up.length === 1 ? `pgrep -f ${match(up[0] ?? '')}` : 'pgrep -fa "etcd --name="'}\` finds nothing there any more.`,
    ],
    otherwise: name === 'stop' ? 'Look at what it logs, and wait.' : undefined,
  };
}

/** The command line of a member's process; the blank tells etcd-1 from etcd-10. */
function match(member: string): string {
  return `"etcd --name=${member} "`;
}

/** `stop` and `kill` differ in their signal alone. */
function ending(
  name: 'stop' | 'kill',
  signal: 'SIGTERM' | 'SIGKILL',
  { summary, example }: Pick<Step, 'summary' | 'example'>,
): Step {
  return defineStep({
    name,
    summary,
    example,
    main: 'member',
    args: { member: { ...selector, description: 'who, side by side; `all` leaves alone who is down already' } },
    required: ['member'],
    result: MEMBERS,
    timeoutMs: 30_000,
    sentence: ({ member }) => `${name} ${list(member)}`,
    follow: ({ member }, state) => followEnd(member, state),
    runbook: ({ member }, state) => instruct(member, state, name),
    async run({ member }, context) {
      const members = await runningOf(member, context);
      context.concerns(...members);
      await Promise.all(members.map((one) => end(one, signal, context)));
      return { members };
    },
  });
}

export const stop = ending('stop', 'SIGTERM', {
  summary: 'Stops members gracefully (SIGTERM) and waits for their end.',
  example: ['- stop: etcd-3', '- expect: {running: [etcd-1, etcd-2], healthy: [etcd-1, etcd-2]}'],
});

export const kill = ending('kill', 'SIGKILL', {
  summary: 'Kills members hard (SIGKILL), as a crash or a power cut would.',
  example: ['- kill: leader', '  as: victim', '- expect: {leader: any}', '- start: ${results.victim.members}'],
});
