/** What an operator would type instead of a step, as plain data: the runbook prints it, and so does the reference. */
import { etcdWords } from '../cluster/command';
import { PLAIN, PORTS, url } from '../cluster/security';
import { atLeast } from '../cluster/version';
import type { DrillState } from './drill-state';
import type { Selector } from './select';
import { list } from './words';

export interface Instruction {
  /** What to know or to do before typing. Whole sentences. */
  before?: string;
  commands: readonly Command[];
  /** What to see afterwards; each a sentence. */
  see?: readonly string[];
  /** What to do where it is not seen. Whole sentences. */
  otherwise?: string;
  /** What is open where it fails, as it is meant to. Whole sentences. */
  leavesOpen?: string;
}

export interface Command {
  /** The member on whose machine it is typed; left out: anywhere from where the members can be reached. */
  on?: string;
  /** As it is typed; a long one has several lines. */
  text: string;
  /** Where it makes a difference for whom a variable stands: the command is for these members. */
  where?: readonly string[];
  /** The version of etcd whose binary it is: of a member's process, and of a tool that works on its data. */
  etcd?: string;
}

/**
 * Begins a name that is known only when it happens: `$leader`. A character that nobody types, so that a `$` of the
 * author's own stays one.
 */
export const OPEN = '\uE000';

/** Text with its open names as a shell has them. */
export function withVariables(text: string): string {
  return text.replaceAll(OPEN, '$');
}

/** The text as a shell takes it for one word. */
export function quote(text: string): string {
  if (text.includes(OPEN)) return `"${withVariables(text.replace(/["\\`$]/g, '\\$&'))}"`;
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `etcdctl --endpoints=… …` with the tool of that member's version; 3.3 speaks the old API unless told otherwise. */
export function etcdctl(state: DrillState, target: Target, ...words: string[]): string {
  const first = target.members[0];
  const version = (first === undefined ? undefined : state.specOf(first)?.version) ?? state.version;
  const endpoints = target.names.map((name) => url(PLAIN, name, PORTS.client)).join(',');
  const user = words.some(namesUser) ? [] : userFlag(state);
  return [toolName('etcdctl', version), `--endpoints=${endpoints}`, ...user, ...words].join(' ');
}

/** Whether a word of etcdctl says who asks. */
export function namesUser(word: string): boolean {
  return /^--?user(=|$)/.test(word);
}

/** `--user="root:$ROOT_PASSWORD"` where the clients of the run log in; the password itself is in no runbook. */
function userFlag({ client }: DrillState): string[] {
  return client ? [`--user=${quote(`${client.user}:${OPEN}${client.passwordEnv}`)}`] : [];
}

/** Words of etcdctl with the variable in the place of the password of the scenario's own user: `root:$ROOT_PASSWORD`. */
export function withoutPassword(args: readonly string[], auth: DrillState['auth']): string[] {
  if (!auth) return [...args];
  const own = new RegExp(`^((?:--?user=)?${auth.user.replace(/[^\w]/g, '\\$&')}):.+$`, 's');
  return args.map((arg) => arg.replace(own, (_, who: string) => `${who}:${OPEN}${auth.passwordEnv}`));
}

/** The tool as it is called where it is of this version. */
export function toolName(tool: string, version: string): string {
  return tool === 'etcdctl' && !atLeast(version, '3.4') ? 'ETCDCTL_API=3 etcdctl' : tool;
}

/** A command with each of its flags on a line of its own. */
export function folded(words: readonly string[]): string {
  return words.join(' \\\n    ');
}

/** The words of `etcd` for a start as it would be here. */
export function etcdLines(member: string, spec: Parameters<typeof etcdWords>[1]): string {
  return folded(etcdWords(member, spec, PLAIN).map(quoteFlag));
}

/** `--name value` or `--name=value`, the value as a shell takes it. */
function quoteFlag(word: string): string {
  const [, head = '', value = word] = /^((?:etcd )?--[\w-]+[= ])([\s\S]*)$/.exec(word) ?? [];
  return `${head}${quote(value)}`;
}

/** Those that a request goes to, or whose machines are meant. */
export interface Target {
  /** As they stand in commands: names, or a variable such as `$leader`. */
  names: readonly string[];
  /** The declared members among them. */
  members: readonly string[];
  /** What a variable stands for; empty where all are named. */
  explained: string;
}

/** Everybody that the selector means: by name where reading alone tells, else by a variable that is explained. */
export function targetOf(selector: Selector, state: DrillState): Target {
  const names = state.named(selector);
  if (names) return { names, members: names, explained: '' };
  const word = list(selector);
  const variable = word.startsWith(OPEN) ? word : `${OPEN}${VARIABLES[word] ?? 'member'}`;
  return { names: [variable], members: [], explained: explain(word, variable, state) };
}

const VARIABLES: Readonly<Record<string, string>> = { leader: 'leader', follower: 'follower', followers: 'follower' };

function explain(word: string, variable: string, state: DrillState): string {
  if (word.startsWith(OPEN)) return '';
  const status = `\`${etcdctl(state, everybody(state), 'endpoint', 'status', '-w', 'table')}\``;
  const quorum = Math.floor(votersOf(state).length / 2) + 1;
  switch (word) {
    case 'leader':
      return `\`${variable}\` stands for the leader: the member with \`true\` under IS LEADER in ${status}.`;
    case 'follower':
      return `\`${variable}\` stands for one member that is not the leader: one with \`false\` under IS LEADER in ${status}.`;
    case 'followers':
      return `\`${variable}\` stands for each member in turn that is not the leader: those with \`false\` under IS LEADER in ${status}.`;
    case 'majority':
      return `\`${variable}\` stands for each of ${quorum} members in turn, the leader among them: ${status} says which that is.`;
    case 'minority':
      return `\`${variable}\` stands for each of ${votersOf(state).length - quorum} members in turn, never the leader: ${status} says which that is.`;
    default:
      return `\`${variable}\` stands for each member in turn: \`${etcdctl(state, everybody(state), 'member', 'list', '-w', 'table')}\` says who they are.`;
  }
}

/**
 * The one that a request goes to: whom the step names, else the first voter that is up, as the runner chooses. `notTo` is
 * asked only where nobody else is up.
 */
export function asked(selector: Selector | undefined, state: DrillState, notTo?: string): Target {
  if (selector !== undefined) return targetOf(selector, state);
  const all = votersOf(state);
  const others = all.filter((member) => member !== notTo);
  const voters = others.some((member) => state.isUp(member) !== false) ? others : all;
  const up = voters.find((member) => state.isUp(member) === true);
  if (up !== undefined) return { names: [up], members: [up], explained: '' };
  const possible = voters.filter((member) => state.isUp(member) !== false);
  return named(possible.length === 0 ? voters : possible);
}

/** Each of a target's members on its own. */
export function each(target: Target): Target[] {
  return target.names.map((name) => ({
    names: [name],
    members: target.members.filter((member) => member === name),
    explained: target.explained,
  }));
}

/** All that may be up, learners included: for commands that ask every one of them. */
export function everybody(state: DrillState): Target {
  const known = state.roster.known();
  const all = known.length === 0 ? [...state.members] : known;
  const up = all.filter((member) => state.isUp(member) !== false);
  return named(up.length === 0 ? all : up);
}

/** These members, by name. */
export function named(members: readonly string[]): Target {
  return { names: members, members, explained: '' };
}

/** The members that have a vote, as far as reading tells. */
export function votersOf(state: DrillState): string[] {
  const known = state.roster.known();
  const all = known.length === 0 ? [...state.members] : known;
  return all.filter((member) => !state.roster.isLearner(member));
}

/** Puts the ID of a member into `$memberid`; the simple output has it in hex, where JSON's number would be rounded. */
export function memberIdCommand(member: string, state: DrillState, target: Target): string {
  const known = state.members.includes(member);
  const peerURL = known ? state.roster.peerURL(member) : '';
  const isMeant = known
    ? `'$3 == ${awk(member)} || ($3 == "" && $4 == ${awk(peerURL)}) {print $1}'`
    : `-v name="${member}" '$3 == name {print $1}'`;
  return `memberid=$(${etcdctl(state, target, 'member', 'list')} | awk -F', ' ${isMeant})`;
}

function awk(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&').replaceAll("'", `'\\''`)}"`;
}

/** Sentences in one paragraph, empty ones left out. */
export function sentences(...parts: (string | undefined)[]): string | undefined {
  const all = parts.filter((part) => part !== undefined && part !== '');
  return all.length === 0 ? undefined : [...new Set(all)].join(' ');
}

/** A sentence about several: `etcd-1 and etcd-2 serve`. */
export function andList(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? 'nobody') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
