/** What an operator types to start a member, what shows that it serves, and what the usual refusals mean. */
import { PLAIN, PORTS, url } from '../cluster/security';
import type { DrillState } from './drill-state';
import { andList, etcdctl, etcdLines, sentences, targetOf, type Command, type Instruction } from './instruction';
import type { Selector } from './select';
import type { StartWishes } from './start-spec';

export interface StartArgs extends StartWishes {
  member: Selector;
  waitFor?: 'healthy' | 'running' | 'none';
}

/**
 * `etcd --name=… …`, for a member that is declared or for a variable that stands for one. Where it makes a difference for
 * whom the variable stands, there is a command for each. `mayBe`: whether it may stand for this member.
 */
export function startCommands(
  name: string,
  wishes: StartWishes,
  state: DrillState,
  mayBe: (member: string) => boolean,
): Command[] {
  const one = (member: string): Command => {
    const spec = state.specFor(member, wishes);
    const peerURL = member === name ? spec.peerURL : url(PLAIN, name, PORTS.peer);
    return { on: name, text: etcdLines(name, { ...spec, peerURL }), etcd: spec.version };
  };
  if (state.members.includes(name)) return [one(name)];
  const possible = state.members.filter(mayBe);
  const commands = new Map<string, { command: Command; where: string[] }>();
  for (const member of possible.length > 0 ? possible : state.members) {
    const command = one(member);
    const key = `${command.etcd} ${command.text}`;
    const same = commands.get(key);
    if (same) same.where.push(member);
    else commands.set(key, { command, where: [member] });
  }
  const all = [...commands.values()];
  return all.map(({ command, where }) => (all.length === 1 ? command : { ...command, where }));
}

export function instructStart(args: StartArgs, state: DrillState): Instruction {
  const target = targetOf(args.member, state);
  const names = args.member === 'all' ? target.names.filter((name) => state.isUp(name) !== true) : target.names;
  const waits = (args.waitFor ?? 'healthy') === 'healthy';
  return {
    before: sentences(target.explained, beforeStart(names, args, state), together(names, waits)),
    commands: names.flatMap((name) => startCommands(name, args, state, (member) => state.isUp(member) !== true)),
    see: waits
      ? [
          `${names.length === 1 ? 'It logs' : 'Each logs'} \`ready to serve client requests\`, and \`${etcdctl(state, { ...target, names }, 'endpoint', 'health')}\` says \`is healthy\`${names.length === 1 ? '' : ' of each'}.`,
        ]
      : ['The process runs. It serves only when a quorum is up.'],
    otherwise: sentences(...names.map((name) => afterRefusal(name, args, state))),
  };
}

function together(names: readonly string[], waits: boolean): string {
  return names.length > 1 && waits ? 'Start them side by side: the first ones serve only when a quorum is up.' : '';
}

function beforeStart(names: readonly string[], args: StartArgs, state: DrillState): string | undefined {
  const who = andList(names);
  const [s, another] =
    names.length === 1 ? ['s', 'another machine, with the same name'] : ['', 'other machines, with the same names'];
  const disk = names.every((name) => state.hasData(name) === true);
  const data = !disk ? '' : names.length === 1 ? ' and the same data directory' : ' and the same data directories';
  const isOpen = args.member !== 'all' && names.some((name) => !state.members.includes(name)) && !state.listIsCertain;
  return sentences(
    isOpen
      ? 'Where it was added with `member add` and has no data yet, take the --initial-cluster and --initial-cluster-state that this printed.'
      : '',
    args.version === undefined ? '' : `${who} now run${s} etcd ${args.version}: install that version there first.`,
    args.newAddress === true
      ? `${who} come${s} up on ${another}${data}: let ${names.length === 1 ? 'the name' : 'the names'} resolve to the new address${names.length === 1 ? '' : 'es'} everywhere (DNS, /etc/hosts) before you start ${names.length === 1 ? 'it' : 'them'}.`
      : '',
    args.forceNewCluster === true
      ? `--force-new-cluster makes ${who} a cluster of its own: every other member must be down and stay down, and ${who} must have been stopped, not killed. Use the flag for this one start only.`
      : '',
  );
}

/** What etcd says where it refuses the start, and what that means here. */
function afterRefusal(name: string, args: StartArgs, state: DrillState): string {
  if (args.forceNewCluster === true)
    return 'Change nothing else: its data is the only copy. Keep a copy of it, and read its log.';
  if (state.hasData(name) === true) return 'Its last log lines say what is wrong with its data, its ports or its name.';
  const spec = state.members.includes(name) ? state.specFor(name, args) : undefined;
  if (spec?.initialClusterState === 'existing') {
    const list = andList(spec.initialCluster.map((entry) => entry.name));
    return `\`member count is unequal\`: the cluster does not consist of ${list}; compare with \`member list\`, and add the member before it is started. Clear its data directory before you try again.`;
  }
  return '`has already been bootstrapped`: the cluster knows this member; it has to be removed and added. `cluster ID mismatch`: its --initial-cluster is not the one that the others were started with.';
}
