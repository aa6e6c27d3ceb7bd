import type { Call } from '../cluster/client';
import type { MemberProcess } from '../cluster/cluster';
import { Unmet, type Comparison } from '../errors';
import { askedMembers } from './ask';
import { clustersApart } from './clusters';
import type { StepContext } from './context';
import { asked, each, etcdctl, OPEN, quote, sentences, type Instruction } from './instruction';
import type { DrillState } from './drill-state';
import { keysLostSince, readKeys, type KeysRead, type KeysWanted } from './keys-read';
import type { Secrecy } from './secrecy';
import { count, flag, key, leaseId, revision, selector, text } from './schema';
import { defineStep, type ArgumentProblem } from './step';
import { plural } from '../plural';
import { list, shown } from './words';

interface Expected {
  key: string;
  prefix?: boolean;
  value?: string;
  absent?: boolean;
  count?: number;
  hash?: string;
}

interface ReadArgs extends Expected {
  from?: string | readonly string[];
  revision?: string;
  maxModRevision?: string;
  lease?: string;
  consistency?: string;
}

/** What `as` keeps, of the first member that is asked. */
const FOUND = {
  value: { is: 'text', description: 'what the key holds; nothing where there is no such key' },
  count: { is: 'number', description: 'how many keys there are' },
  revision: { is: 'number', description: 'the revision of the store when it was read' },
  modRevision: {
    is: 'number',
    description: 'the revision that wrote the key last; nothing where there is no such key',
  },
  hash: { is: 'text', description: 'SHA-256 of the keys with their values, revisions, versions and leases' },
} as const;

export const get = defineStep({
  name: 'get',
  summary: 'Reads a key, and compares where something is expected.',
  example: ['- put: {key: foo, value: bar}', '- get: {key: foo, value: bar, from: all}'],
  main: 'key',
  args: {
    key,
    value: { ...text, description: 'what it must hold' },
    absent: { ...flag, description: 'true: there must be no such key' },
    count: { ...count, description: 'how many keys there must be' },
    hash: {
      ...text,
      pattern: '^[0-9a-f]{64}$',
      expects: 'a hash, as `as` keeps it',
      description: 'the `hash` that an earlier `get` kept: every key, value and revision must be the same',
    },
    from: { ...selector, description: 'the members that are asked; several are each asked, and all must hold' },
    prefix: { ...flag, description: 'all keys that begin with `key`; with `key: ""` every key' },
    revision: { ...revision, description: 'the state at this revision' },
    maxModRevision: { ...revision, description: 'only keys that were last written at this revision or before' },
    lease: {
      ...leaseId,
      description: 'only keys on this lease; 0: those on none, which nothing but a request deletes',
    },
    consistency: {
      type: 'string',
      enum: ['linearizable', 'serializable'],
      description: 'linearizable where nothing is said; a serializable read is the member’s own view',
    },
  },
  required: ['key'],
  result: FOUND,
  retry: 'always',
  timeoutMs: 10_000,
  sentence: (args) => sentenceOf(args),
  check: (args) => checkExpected(args),
  runbook: (args, state) => instruct(args, state),
  async run(args, context) {
    const processes = await askedMembers(args.from, context);
    const wanted = { ...args, serializable: args.consistency === 'serializable' };
    const answers = await Promise.all(processes.map(({ client }) => readKeys(client, wanted, () => context.call())));
    const comparisons = answers.flatMap((answer, i) =>
      compare(args, answer, processes[i]?.member ?? '', context.secrecy),
    );
    if (comparisons.length > 0) {
      const others = processes.filter((_, i) => args.hash !== undefined && answers[i]?.hash !== args.hash);
      const lost = await Promise.all(others.map((process) => compareKeys(process, wanted, context)));
      throw new Unmet(`${keysOf(args)} not as expected`, [...comparisons, ...lost.flat()]);
    }
    const [first] = answers;
    if (!first) return;
    // Equal keys in different clusters are worth a word, and no failure: each member was asked for itself.
    const apart = args.from === 'all' ? await clustersApart(processes, context) : undefined;
    if (apart !== undefined) context.remark(`the members that were read are in different clusters: ${apart}`);
    if (args.hash !== undefined) context.remark(sameWords(args, first, list(processes.map(({ member }) => member))));
    if (first.first) context.secrecy.learn(first.first.value);
    return resultOf(first);
  },
});

/** `20 keys, last written up to revision 21, sha256 3f5ac0ffee12…: the same as before on etcd-1, etcd-2`. */
function sameWords({ maxModRevision }: ReadArgs, { count: found, hash }: KeysRead, members: string): string {
  const upTo = maxModRevision === undefined ? '' : `, last written up to revision ${maxModRevision}`;
  return `${plural(found, 'key')}${upTo}, ${shortHash(hash)}: the same as before on ${members}`;
}

function shortHash(hash: string): string {
  return `sha256 ${hash.slice(0, 12)}…`;
}

/** The subject of a sentence: `"foo" is`, `the keys are`. */
function keysOf({ key, prefix }: Expected): string {
  return prefix === true && key === '' ? 'the keys are' : `"${key}" is`;
}

function sentenceOf(args: ReadArgs): string {
  const from = args.from === undefined ? '' : ` from ${list(args.from)}`;
  const how = args.consistency === 'serializable' ? ' (serializable)' : '';
  const key = args.prefix && args.key === '' ? 'every key' : `${args.key}${args.prefix ? '…' : ''}`;
  if (args.absent === true) return `read ${key}${from}${how}: no such key`;
  if (args.value !== undefined) return `read ${key}${from}${how}: ${shown(args.value, 60)}`;
  if (args.hash !== undefined) return `read ${key}${from}${how}: the same as before`;
  if (args.count !== undefined) return `read ${key}${from}${how}: ${plural(args.count, 'key')}`;
  return `read ${key}${from}${how}`;
}

function instruct(args: ReadArgs, state: DrillState): Instruction {
  const target = asked(args.from, state);
  const flags = [
    ...(args.prefix === true ? ['--prefix'] : []),
    ...(args.revision === undefined ? [] : [`--rev=${quote(args.revision)}`]),
    ...(args.consistency === 'serializable' ? ['--consistency=s'] : []),
    ...(looksAtKeysAlone(args) ? ['--keys-only', '-w', 'fields'] : []),
  ];
  return {
    before: target.explained,
    commands: each(target).map((one) => ({ text: etcdctl(state, one, 'get', quote(args.key), ...flags) })),
    see: seen(args),
    otherwise: sentences(
      seen(args).length > 0 ? 'Where it prints anything else, find out why before you go on.' : '',
      args.consistency === 'serializable'
        ? ''
        : '`context deadline exceeded` means that this member reaches no quorum; `--consistency=s` shows what it has in its own store, which may be old.',
    ),
  };
}

/** Where nothing is said of values an operator need not have them on the screen. */
function looksAtKeysAlone({ key, prefix, count: wanted, hash, maxModRevision, lease }: ReadArgs): boolean {
  return [wanted, hash, maxModRevision, lease].some((one) => one !== undefined) || (prefix === true && key === '');
}

function seen(args: ReadArgs): string[] {
  const { key, value, absent, count: wanted, hash } = args;
  if (absent === true) return ['It prints nothing: there is no such key.'];
  if (value !== undefined) return [`It prints the key \`${key}\`, and below it \`${value}\`.`];
  const only = filterWords(args);
  const number = wanted === undefined ? [] : [`Their number is ${wanted}.`];
  const same = hash === undefined ? [] : ['They are the keys that were there before, at the revisions that they had.'];
  if (only !== '') return [`Only keys with ${only} are meant.`, ...number, ...same];
  return wanted === undefined ? same : [`It prints \`"Count" : ${wanted}\`.`, ...same];
}

/** Which of the keys that etcdctl prints are meant; empty for all. */
function filterWords({ maxModRevision, lease }: ReadArgs): string {
  return [
    ...(lease === undefined ? [] : [`\`"Lease" : ${lease.includes(OPEN) ? lease : BigInt(`0x${lease}`)}\``]),
    ...(maxModRevision === undefined ? [] : [`a \`"ModRevision"\` of at most ${maxModRevision}`]),
  ].join(' and ');
}

function checkExpected({ value, absent, count: wanted, prefix }: Expected): ArgumentProblem[] {
  if (absent === true && (value !== undefined || (wanted ?? 0) > 0)) {
    return [{ pointer: '/absent', message: '`absent: true` contradicts what else is expected of the key' }];
  }
  if (absent === false) return [{ pointer: '/absent', message: '`absent` can only be true; leave it out otherwise' }];
  if (prefix === true && value !== undefined) {
    return [{ pointer: '/value', message: '`value` compares one key; with `prefix` use `count`' }];
  }
  return [];
}

function compare(expected: Expected, answer: KeysRead, member: string, secrecy: Secrecy): Comparison[] {
  const { first: found } = answer;
  const comparisons: Comparison[] = [];
  const differs = (what: string, wanted: string, actual: string): void => {
    comparisons.push({ subject: `${what} on ${member}`, expected: wanted, actual });
  };
  if (expected.absent === true && answer.count !== '0') {
    differs(`"${expected.key}"`, 'no such key', found ? secrecy.shown(found.value) : plural(answer.count, 'key'));
  }
  if (expected.value !== undefined && !found?.value.equals(Buffer.from(expected.value))) {
    differs(
      `value of "${expected.key}"`,
      secrecy.shown(expected.value),
      found ? secrecy.shown(found.value) : 'no such key',
    );
  }
  if (expected.count !== undefined && answer.count !== String(expected.count)) {
    const where = expected.prefix === true && expected.key === '' ? '' : ` at "${expected.key}"`;
    differs(`number of keys${where}`, String(expected.count), answer.count);
  }
  if (expected.hash !== undefined && answer.hash !== expected.hash) {
    differs('hash of the keys', shortHash(expected.hash), shortHash(answer.hash));
  }
  return comparisons;
}

/** How many keys are named where they are not what they were. */
const MOST_NAMED = 5;

/** Which keys are not what they were, where the revision of that time can still be read. */
async function compareKeys(
  { member, client }: MemberProcess,
  wanted: KeysWanted,
  context: StepContext,
): Promise<Comparison[]> {
  if (wanted.maxModRevision === undefined) return [];
  const call = (): Call => context.call();
  const lost = await keysLostSince(wanted.maxModRevision, { client, wanted, call });
  if (lost === undefined || lost.length === 0) return [];
  const more = lost.length > MOST_NAMED ? ` and ${lost.length - MOST_NAMED} more` : '';
  const actual = `${lost.slice(0, MOST_NAMED).join(', ')}${more}`;
  return [{ subject: `keys that are gone or were written since, on ${member}`, expected: 'none', actual }];
}

function resultOf({ first, count: found, revision: at, hash }: KeysRead): { [field in keyof typeof FOUND]: unknown } {
  return {
    value: first?.value.toString('utf8') ?? null,
    count: found,
    revision: at,
    modRevision: first?.modRevision ?? null,
    hash,
  };
}
