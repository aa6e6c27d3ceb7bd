import { Unmet } from '../errors';
import type { DrillState } from './drill-state';
import { awaitEnding } from './ending';
import { MEMBERS } from './results';
import { selector } from './schema';
import { select, type Selector } from './select';
import { defineStep } from './step';
import { andList, quote, sentences, targetOf } from './instruction';
import { list } from './words';

export const wipe = defineStep({
  name: 'wipe',
  summary: 'Throws the data directory of members away; refused while one runs. Snapshots are not touched.',
  example: ['- kill: etcd-3', '- wipe: etcd-3'],
  main: 'member',
  args: { member: { ...selector, description: 'whose data is thrown away' } },
  required: ['member'],
  result: MEMBERS,
  timeoutMs: 30_000,
  sentence: ({ member }) => `wipe ${list(member)}`,
  follow({ member }, state) {
    const members = state.named(member);
    if (!members) {
      refuseWord(member, state);
      return state.forget();
    }
    const up = members.find((one) => state.isUp(one) === true);
    if (up !== undefined) state.problem('wipe-running', '/member', `${up} is running here`, 'stop or kill it first');
    for (const one of members) state.wiped(one);
  },
  runbook({ member }, state) {
    const target = targetOf(member, state);
    return {
      before: sentences(
        target.explained,
        'This cannot be undone. Make sure that etcd is down on that machine, and that it is the right machine.',
        `Where there is room for it, move it aside instead: ${andList(target.names.map((name) => `\`mv ${quote(`${name}.etcd`)} ${quote(`${name}.etcd.old`)}\``))}.`,
      ),
      commands: target.names.map((name) => ({ on: name, text: `rm -drf ${quote(`${name}.etcd`)}` })),
    };
  },
  async run({ member }, context) {
    const members = await select(member, context);
    await awaitEnding(context, members);
    const up = context.cluster.running().find((process) => members.includes(process.member));
    if (up) throw new Unmet(`${up.member} is running; stop or kill it before its data is thrown away`);
    await Promise.all(members.map((one) => context.cluster.wipe(one)));
    for (const one of members) context.cluster.roster.wiped(one);
    return { members };
  },
});

/** The words for members, but `all`, choose among those that run. */
function refuseWord(selector: Selector, state: DrillState): void {
  if (typeof selector !== 'string' || selector === 'all' || state.countMeant(selector) === 0) return;
  const message = `\`${selector}\` means members that run here, never those that were stopped or killed before`;
  const hint = 'keep who that was: `as: victim` beside the `kill`, then `wipe: ${results.victim.members}`';
  state.problem('wipe-running', '/member', message, hint);
}
