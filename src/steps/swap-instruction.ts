/** What an operator types to give members another version. */
import { PLAIN, PORTS, url } from '../cluster/security';
import { minorOf } from '../cluster/version';
import type { DrillState } from './drill-state';
import type { FollowedSwap } from './follow-swap';
import { asked, etcdctl, etcdLines, quote, sentences, targetOf, type Command, type Instruction } from './instruction';
import { startCommands } from './start-instruction';
import { mergeFlags } from './start-spec';

/** Each stopped and started with the new version, one after the other. */
export function instructSwap(args: FollowedSwap, state: DrillState): Instruction {
  const { to } = args;
  const meant = targetOf(args.member, state);
  const target = { ...meant, names: meant.names.filter((name) => !isLeftAlone(name, args, state)) };
  const one = asked(undefined, state).names[0] ?? '';
  const several = target.names.length > 1;
  return {
    before: sentences(
      target.explained,
      `Install etcd ${to} there first.`,
      several
        ? `One after the other, never two at once, the leader last: \`${etcdctl(state, target, 'endpoint', 'status', '-w', 'table')}\` says who that is.`
        : '',
      `A leader hands the leadership over before it is stopped: \`${etcdctl(state, target, 'move-leader')} ID\`.`,
    ),
    commands: target.names.flatMap((name): Command[] => [
      { on: name, text: `pkill -TERM -f ${quote(`etcd --name=${name} `)}` },
      ...commandsFor(name, args, state),
    ]),
    see: [
      `${several ? 'Each logs' : 'It logs'} \`ready to serve client requests\`.`,
      `When all members run ${minorOf(to)}, \`curl ${url(PLAIN, one, PORTS.client)}/version\` says \`"etcdcluster":"${minorOf(to)}.0"\` within seconds.`,
    ],
    otherwise: `Stop no other member before this one serves. Exit code 2 and \`flag provided but not defined\` is a flag that ${minorOf(to)} does not know.`,
  };
}

/** As the run does it: who runs the version already is left alone, and of `all` whoever is down. */
function isLeftAlone(name: string, { member, to }: FollowedSwap, state: DrillState): boolean {
  const up = state.isUp(name);
  return up === true ? state.specOf(name)?.version === to : member === 'all' && up === false;
}

function commandsFor(name: string, { to, flags = {} }: FollowedSwap, state: DrillState): Command[] {
  const before = state.roster.specOf(name);
  if (!before) return startCommands(name, { version: to, flags }, state, (one) => state.isUp(one) !== false);
  const spec = { ...state.specFor(name, { version: to }), flags: mergeFlags(before.flags, flags) };
  return [{ on: name, text: etcdLines(name, spec), etcd: to }];
}

/** Asks the cluster for a downgrade to a minor version. */
export function instructEnable(minor: string, state: DrillState): Instruction {
  const one = asked(undefined, state);
  return {
    before: one.explained,
    commands: ['validate', 'enable'].map((verb) => ({ text: etcdctl(state, one, 'downgrade', verb, minor) })),
    see: [
      '`Downgrade validate success`, and `Downgrade enable success`.',
      `\`curl ${url(PLAIN, one.names[0] ?? '', PORTS.client)}/version\` of every member says \`"storage":"${minor}.0"\` within seconds. No member may be given the older version before that.`,
    ],
    otherwise:
      '`cluster has a downgrade job in progress`: it was enabled already. `invalid downgrade target version`: it goes down one ' +
      'minor version at a time, from the version that the cluster has.',
  };
}

export function instructCancel(state: DrillState): Instruction {
  const one = asked(undefined, state);
  return {
    before: one.explained,
    commands: [{ text: etcdctl(state, one, 'downgrade', 'cancel') }],
    see: ['`Downgrade cancel success`, also where there was none under way.'],
  };
}

/** Enables, and swaps. */
export function instructDowngrade(args: FollowedSwap, state: DrillState): Instruction {
  const [enable, swap] = [instructEnable(minorOf(args.to), state), instructSwap(args, state)];
  return {
    before: sentences(enable.before, swap.before, 'Wait between enabling and the first swap, as said below.'),
    commands: [...enable.commands, ...swap.commands],
    see: [
      ...(enable.see ?? []),
      ...(swap.see ?? []),
      'After the last one the leader logs `the cluster has been downgraded`.',
    ],
    otherwise: sentences(enable.otherwise, swap.otherwise),
  };
}
