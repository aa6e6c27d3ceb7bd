import type { KeyValue, RangeAnswer } from '../cluster/client';
import { Unmet, type Comparison } from '../errors';
import { askedMembers } from './ask';
import { asked, each, etcdctl, quote, sentences, type Instruction } from './instruction';
import type { DrillState } from './drill-state';
import type { Secrecy } from './secrecy';
import { count, flag, key, revision, selector, text } from './schema';
import { defineStep, type ArgumentProblem } from './step';
import { plural } from '../plural';
import { list, shown } from './words';

interface Expected {
  key: string;
  prefix?: boolean;
  value?: string;
  absent?: boolean;
  count?: number;
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
    from: { ...selector, description: 'the members that are asked; several are each asked, and all must hold' },
    prefix: { ...flag, description: 'all keys that begin with `key`' },
    revision: { ...revision, description: 'the state at this revision' },
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
    const { key, prefix, revision: at, consistency } = args;
    const answers = await Promise.all(
      processes.map((process) =>
        process.client.range(
          { key, prefix, revision: at, serializable: consistency === 'serializable' },
          context.call(),
        ),
      ),
    );
    const comparisons = answers.flatMap((answer, i) =>
      compare(args, answer, processes[i]?.member ?? '', context.secrecy),
    );
    if (comparisons.length > 0) throw new Unmet(`"${key}" is not as expected`, comparisons);
    const [first] = answers;
    if (!first) return;
    if (first.kvs[0]) context.secrecy.learn(first.kvs[0].value);
    return resultOf(first);
  },
});

function sentenceOf(args: Expected & { from?: string | readonly string[]; consistency?: string }): string {
  const from = args.from === undefined ? '' : ` from ${list(args.from)}`;
  const how = args.consistency === 'serializable' ? ' (serializable)' : '';
  const key = `${args.key}${args.prefix ? '…' : ''}`;
  if (args.absent === true) return `read ${key}${from}${how}: no such key`;
  if (args.value !== undefined) return `read ${key}${from}${how}: ${shown(args.value, 60)}`;
  if (args.count !== undefined) return `read ${key}${from}${how}: ${plural(args.count, 'key')}`;
  return `read ${key}${from}${how}`;
}

function instruct(
  args: Expected & { from?: string | readonly string[]; revision?: string; consistency?: string },
  state: DrillState,
): Instruction {
  const target = asked(args.from, state);
  const flags = [
    ...(args.prefix === true ? ['--prefix'] : []),
    ...(args.revision === undefined ? [] : [`--rev=${quote(args.revision)}`]),
    ...(args.consistency === 'serializable' ? ['--consistency=s'] : []),
    ...(args.count === undefined ? [] : ['--keys-only', '-w', 'fields']),
  ];
  return {
    before: target.explained,
    commands: each(target).map((one) => ({ text: etcdctl(state, one, 'get', quote(args.key), ...flags) })),
    see: seen(args),
    otherwise: sentences(
      args.value !== undefined || args.absent === true || args.count !== undefined
        ? 'Where it prints anything else, find out why before you go on.'
        : '',
      args.consistency === 'serializable'
        ? ''
        : '`context deadline exceeded` means that this member reaches no quorum; `--consistency=s` shows what it has in its own store, which may be old.',
    ),
  };
}

function seen({ key, value, absent, count: wanted }: Expected): string[] {
  if (absent === true) return ['It prints nothing: there is no such key.'];
  if (value !== undefined) return [`It prints the key \`${key}\`, and below it \`${value}\`.`];
  if (wanted !== undefined) return [`It prints \`"Count" : ${wanted}\`.`];
  return [];
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

function compare(expected: Expected, answer: RangeAnswer, member: string, secrecy: Secrecy): Comparison[] {
  const [found] = answer.kvs;
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
    differs(`number of keys at "${expected.key}"`, String(expected.count), answer.count);
  }
  return comparisons;
}

function resultOf(answer: RangeAnswer): { [field in keyof typeof FOUND]: unknown } {
  const first: KeyValue | undefined = answer.kvs[0];
  return {
    value: first?.value.toString('utf8') ?? null,
    count: answer.count,
    revision: answer.revision,
    modRevision: first?.modRevision ?? null,
  };
}
