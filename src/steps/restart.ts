import { quote, sentences, targetOf, type Command } from './instruction';
import { startCommands } from './start-instruction';
import { MEMBERS } from './results';
import { selector } from './schema';
import { select } from './select';
import { onlyRefused, specOf, startMembers, startOneRefused } from './start';
import { defineStep } from './step';
import { stopGracefully } from './stop';
import { list } from './words';

export const restart = defineStep({
  name: 'restart',
  summary: 'Stops members and starts them as they were; several one at a time, each healthy before the next.',
  example: ['- restart: all', '- expect: {healthy: all}'],
  main: 'member',
  args: { member: { ...selector, description: 'who is restarted, in this order' } },
  required: ['member'],
  result: MEMBERS,
  timeoutMs: 120_000,
  sentence: ({ member }) => `restart ${list(member)}`,
  follow({ member }, state, { fails }) {
    const named = state.named(member);
    const down = named?.find((one) => state.isUp(one) === false);
    if (down !== undefined)
      state.problem('not-running', '/member', `${down} is not running here`, `\`start: ${down}\``);
    if (fails) for (const one of named ?? state.members) state.mayHaveStarted(one);
  },
  runbook({ member }, state) {
    const target = targetOf(member, state);
    return {
      before: sentences(
        target.explained,
        target.names.length > 1 ? 'One after the other: each serves before the next is stopped.' : '',
      ),
      commands: target.names.flatMap((name): Command[] => [
        { on: name, text: `pkill -TERM -f ${quote(`etcd --name=${name} `)}` },
        ...startCommands(name, {}, state, (one) => state.isUp(one) !== false),
      ]),
      see: ['It logs `ready to serve client requests`.'],
      otherwise: 'Restart no other member before this one serves. Its last log lines say what is wrong.',
    };
  },
  async run({ member }, context) {
    const members = await select(member, context);
    context.concerns(...members);
    if (context.expectError) {
      const only = onlyRefused(members, 'restart');
      await stopGracefully(only, context);
      await startOneRefused(only, specOf(only, {}, context), context);
    }
    for (const one of members) {
      await stopGracefully(one, context);
      await startMembers({}, [one], context);
    }
    return { members };
  },
});
