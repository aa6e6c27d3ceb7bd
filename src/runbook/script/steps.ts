/** The steps of a straight drill as shell: each the calls of the library's functions that do the same. */
import { parseDuration } from '../../clock';
import { etcdCommand, dataDirOf } from '../../cluster/command';
import { PLAIN, hostOf } from '../../cluster/security';
import type { DrillState } from '../../steps/drill-state';
import { namesUser, quote, withoutPassword } from '../../steps/instruction';
import { restoreFlags, type RestoreArgs } from '../../steps/restore';
import type { Selector } from '../../steps/select';
import type { StartArgs } from '../../steps/start-instruction';
import { snapshotTool } from '../../steps/tool';
import {
  attempt,
  expectedTexts,
  forEach,
  lookFunction,
  names,
  NotInScript,
  OpenInScript,
  seconds,
  words,
  type At,
} from './line';
import { checksOf } from './rows';

type Translate = (args: never, at: At) => string[];

const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 * 1024 };

/** Selectors that may mean several. */
const SEVERAL = ['all', 'followers', 'majority', 'minority'];

/** The action's translation; undefined where it has none. */
export function translation(action: string): Translate | undefined {
  return Object.hasOwn(TRANSLATIONS, action) ? TRANSLATIONS[action] : undefined;
}

const TRANSLATIONS: Readonly<Record<string, Translate>> = {
  note: () => [],
  sleep: ({ time }: { time: string }) => [`idle ${(parseDuration(time) ?? 0) / 1000}`],
  start,
  stop: (args: { member: Selector }, at) => end('TERM', args.member, at),
  kill: (args: { member: Selector }, at) => end('KILL', args.member, at),
  restart,
  wipe: ({ member }: { member: Selector }, at) => plain(at, [`wipe ${names(member, at.state)}`]),
  'member-add': memberAdd,
  'member-remove': ({ member }: { member: Selector }, at) => changeMember('remove', names(member, at.state), at),
  'member-promote': ({ member }: { member: string }, at) => changeMember('promote', member, at),
  'member-update': ({ member, peerURL }: { member: string; peerURL: string }, at) => {
    if (hostOf(peerURL) !== member) throw new NotInScript('a peer URL whose host is not the member’s name');
    return changeMember('update', `${member} --peer-urls=${quote(peerURL)}`, at);
  },
  'move-leader': ({ member }: { member: string }, at) => attempt(`move_leader ${member}`, at),
  put,
  get,
  delete: ({ key, prefix, to, count }: { key: string; prefix?: boolean; to?: Selector; count?: number }, at) => {
    const flags = prefix === true ? ['--prefix'] : [];
    const who = asked(to, at.state);
    return count === undefined
      ? attempt(['request', who, 'del', words(...flags, '--', key)].join(' '), at)
      : attempt(['delete_count', who, quote(key), String(count), ...flags].join(' '), at);
  },
  snapshot: ({ save, from }: { save: string; from?: Selector }, at) =>
    attempt(`save_snapshot ${asked(from, at.state)} ${quote(save)}`, at),
  'snapshot-status': snapshotStatus,
  etcdctl,
  restore,
  expect: (args: Readonly<Record<string, unknown>>, at) => {
    const { withinMs = 10_000, forMs } = at.modifiers;
    const checks = lookFunction(checksOf(args, at));
    if (at.modifiers.expectError !== undefined) throw new NotInScript('`expect` with `expectError`');
    if (forMs !== undefined) return [...checks, `holds ${seconds(forMs)} ${seconds(withinMs)} look`];
    return [...checks, withinMs === 0 ? 'once look' : `within ${seconds(withinMs)} look`];
  },
};

/** Steps that are not requests are done once, and have to succeed. */
function plain({ modifiers }: At, lines: string[]): string[] {
  if (modifiers.expectError !== undefined) throw new NotInScript('`expectError` beside this action');
  return lines;
}

function asked(selector: Selector | undefined, state: DrillState): string {
  if (selector === undefined) return '-';
  return typeof selector === 'string' && selector !== 'all' ? selector : names(selector, state);
}

function runMember(member: string, args: Omit<StartArgs, 'member'>, state: DrillState): string {
  const spec = state.specFor(member, args);
  const command = etcdCommand(member, spec, PLAIN).map(quote);
  return `run_member ${member} ${spec.version} ${command.slice(0, 2).join(' ')} \\\n  ${command.slice(2).join(' \\\n  ')}`;
}

function start({ member, ...args }: StartArgs, { state, modifiers }: At): string[] {
  const members = state.named(member);
  if (!members) throw new OpenInScript('who is started shows only while it runs');
  const left = member === 'all' ? members.filter((one) => state.isUp(one) !== true) : members;
  const limit = seconds(modifiers.timeoutMs ?? 60_000);
  const texts = expectedTexts(modifiers);
  const runs = left.flatMap((one) => {
    const move = args.newAddress === true ? [`another_address ${one}`] : [];
    const run = [...move, runMember(one, args, state)];
    if (member !== 'all' || state.isUp(one) === false) return run;
    return [`if ! runs ${one}; then`, ...run.map((line) => `  ${line.replaceAll('\n', '\n  ')}`), 'fi'];
  });
  if (texts) return [...runs, `refused ${limit} ${words(...left, ...texts)}`];
  return (args.waitFor ?? 'healthy') === 'healthy' ? [...runs, `wait_serving ${limit} ${words(...left)}`] : runs;
}

function end(signal: 'TERM' | 'KILL', selector: Selector, at: At): string[] {
  const who = names(selector, at.state);
  const limit = seconds(at.modifiers.timeoutMs ?? 30_000);
  return plain(at, [
    selector === 'all' ? `end_members ${signal} ${limit} $(running ${who})` : `end_members ${signal} ${limit} ${who}`,
  ]);
}

function restart({ member }: { member: Selector }, at: At): string[] {
  const { state } = at;
  const members = state.named(member);
  if (!members) throw new OpenInScript('who is restarted shows only while it runs');
  return plain(
    at,
    members.flatMap((one) => [`end_members TERM 30 ${one}`, runMember(one, {}, state), `wait_serving 60 ${one}`]),
  );
}

function memberAdd(
  { member, learner, peerURL }: { member: string; learner?: boolean; peerURL?: string },
  at: At,
): string[] {
  const url = peerURL ?? at.state.roster.peerURL(member);
  const rest = ['add', member, `--peer-urls=${url}`, ...(learner === true ? ['--learner'] : [])];
  const raw = at.modifiers.expectError !== undefined;
  return attempt(raw ? `request - member ${words(...rest)}` : `change ${words(...rest)}`, at);
}

function changeMember(what: 'remove' | 'promote' | 'update', rest: string, at: At): string[] {
  if (at.modifiers.expectError !== undefined) throw new NotInScript(`\`expectError\` beside \`member-${what}\``);
  return attempt(`change_member ${what} ${rest}`, at);
}

function put(
  args: { key: string; value?: string; size?: string; to?: Selector; prevValue?: string },
  at: At,
): string[] {
  const who = asked(args.to, at.state);
  if (args.prevValue !== undefined) throw new NotInScript('`put` with `prevValue`');
  if (args.value !== undefined) return attempt(`put ${who} ${putWords(args.key, args.value)}`, at);
  const [, amount = '0', unit = 'B'] = /^(\d+)(B|KiB|MiB)$/.exec(args.size ?? '') ?? [];
  return attempt(`put_random ${who} ${quote(args.key)} ${Number(amount) * (SIZE_UNITS[unit] ?? 1)}`, at);
}

/** What begins with a dash would be taken for a flag. */
function putWords(key: string, value: string): string {
  return words(...(key.startsWith('-') || value.startsWith('-') ? ['--'] : []), key, value);
}

function etcdctl(
  { args, on, output, api }: { args: string[]; on?: Selector; output?: string; api?: number },
  at: At,
): string[] {
  if (api === 2) throw new NotInScript('API 2 of etcdctl');
  const who = asked(on, at.state);
  const typed = words(...withoutPassword(args, at.state.auth));
  const command = output === undefined ? `request ${who} ${typed}` : `etcdctl_says ${quote(output)} ${who} ${typed}`;
  const modifiers = { ...at.modifiers, timeoutMs: at.modifiers.timeoutMs ?? 30_000 };
  const lines = attempt(command, { modifiers });
  // etcdctl refuses the variable beside a user of the author's own.
  return args.some(namesUser) ? lines.map((line) => `LOGIN='' ${line}`) : lines;
}

interface GetArgs {
  key: string;
  value?: string;
  absent?: boolean;
  count?: number;
  from?: Selector;
  prefix?: boolean;
  revision?: string;
  consistency?: string;
  hash?: string;
  maxModRevision?: string;
  lease?: string;
}

function get(args: GetArgs, at: At): string[] {
  const beyond = (['hash', 'maxModRevision', 'lease'] as const).find((name) => args[name] !== undefined);
  if (beyond !== undefined) throw new NotInScript(`\`${beyond}\` of a read`);
  if (args.key.startsWith('-')) throw new NotInScript('a key that begins with a dash');
  const flags = [
    ...(args.prefix === true ? ['--prefix'] : []),
    ...(args.revision === undefined ? [] : [`--rev=${args.revision}`]),
    ...(args.consistency === 'serializable' ? ['--consistency=s'] : []),
  ];
  const check = (who: string): string[] => {
    const line = (name: string, ...rest: string[]): string =>
      [name, who, quote(args.key), words(...rest, ...flags)].join(' ').trim();
    if (args.absent === true) return [line('get_none')];
    const checks = [
      ...(args.value === undefined ? [] : [line('get_is', args.value)]),
      ...(args.count === undefined ? [] : [line('get_count', String(args.count))]),
    ];
    return checks.length > 0 ? checks : [['request', who, 'get', words(args.key, ...flags)].join(' ')];
  };
  const one = args.from === undefined || (typeof args.from === 'string' && !SEVERAL.includes(args.from));
  const [only, ...more] = one ? check(asked(args.from, at.state)) : [];
  if (one && only !== undefined && more.length === 0) return attempt(only, at);
  const checks = check('"$member"').flatMap((line) =>
    forEach(args.from === undefined ? '-' : names(args.from, at.state), line),
  );
  return [...lookFunction(checks), ...attempt('look', at)];
}

function snapshotStatus(
  { snapshot, totalKeys, revision }: { snapshot: unknown; totalKeys?: string; revision?: string },
  at: At,
): string[] {
  const { state } = at;
  const [member = ''] = state.members;
  const command = [snapshotTool(state.version), 'snapshot', 'status', snapshotPath(snapshot)];
  return attempt(
    `snapshot_has ${quote(revision ?? '') || "''"} ${quote(totalKeys ?? '') || "''"} ${words(member, state.version, ...command)}`,
    at,
  );
}

function restore(
  { member, snapshot, ...args }: RestoreArgs & { member: Selector; snapshot: unknown },
  at: At,
): string[] {
  const { state } = at;
  const members = state.named(member);
  if (!members) throw new OpenInScript('who gets the data shows only while it runs');
  return members.flatMap((one) => {
    const version = args.version ?? state.roster.specOf(one)?.version ?? state.version;
    const flags = restoreFlags(one, args, state.roster).map(([name, value]) =>
      value === undefined ? name : `${name}=${value}`,
    );
    const command = [
      snapshotTool(version),
      'snapshot',
      'restore',
      snapshotPath(snapshot),
      `--data-dir=${dataDirOf(one)}`,
      ...flags,
    ];
    return attempt(
      `tool ${one} ${version} ${words(...command.slice(0, 4))} \\\n  ${command.slice(4).map(quote).join(' \\\n  ')}`,
      at,
    );
  });
}

function snapshotPath(snapshot: unknown): string {
  if (typeof snapshot === 'string') return `/snapshots/${snapshot}.db`;
  throw new NotInScript('a snapshot from outside');
}
