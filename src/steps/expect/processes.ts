/** Rows about processes: who serves, who runs, how one ended, what it logged, where it is. */
import { textMatcher } from '../../match';
import type { Comparison } from '../../errors';
import { notOneCluster } from '../clusters';
import type { StepContext } from '../context';
import { andList, etcdctl, named, targetOf } from '../instruction';
import { PROBE_MS, whyNotServing } from '../health';
import { memberName, memberNames, selector, textPatterns } from '../schema';
import { select } from '../select';
import { list } from '../words';
import { whyOver } from '../over';
import { because, defineRow, differing, names } from './row';

async function stateOf(member: string, context: StepContext): Promise<string> {
  const process = context.cluster.process(member);
  if (!process) return 'never started';
  return (await whyNotServing(process, context.call(PROBE_MS))) ?? 'serves';
}

export const healthy = defineRow({
  name: 'healthy',
  description: 'at least these members serve: a voter answers a linearizable read, a learner a serializable one',
  example: '[etcd-1, etcd-2]',
  schema: selector,
  words: (who) => `${list(who)} ${who !== 'all' && [who].flat().length === 1 ? 'serves' : 'serve'}`,
  runbook(who, state) {
    const target = targetOf(who, state);
    return {
      before: target.explained,
      commands: [{ text: etcdctl(state, target, 'endpoint', 'health') }],
      see: [target.names.length === 1 ? 'It says `is healthy`.' : 'It says `is healthy` of each.'],
      otherwise: 'A cluster needs some seconds to settle: look again before you worry.',
    };
  },
  async look(who, context) {
    const members = await select(who, context);
    context.concerns(...members);
    if (members.length === 0)
      return [{ subject: 'healthy', expected: 'members that serve', actual: 'no members at all' }];
    const states = await Promise.all(members.map((member) => stateOf(member, context)));
    const unmet = members.flatMap((member, i) =>
      differing(member, 'serves', states[i] ?? '', whyOver(member, context)),
    );
    // `all` is a word for the members of one cluster; names may be those of several.
    if (who !== 'all' || unmet.length > 0) return unmet;
    return notOneCluster(
      context.cluster.running().filter(({ member }) => members.includes(member)),
      context,
    );
  },
});

export const unhealthy = defineRow({
  name: 'unhealthy',
  description: 'these members’ processes run and do not serve',
  example: '[etcd-2]',
  schema: memberNames,
  words: (members) => `${list(members)} run${members.length === 1 ? 's' : ''} without serving`,
  runbook: (members, state) => ({
    commands: [{ text: etcdctl(state, named(members), 'endpoint', 'health') }],
    see: [
      `The process of ${andList(members)} runs, and yet this says \`is unhealthy\` of ${members.length === 1 ? 'it' : 'each'}.`,
    ],
  }),
  async look(members, context) {
    context.concerns(...members);
    const states = await Promise.all(members.map((member) => stateOf(member, context)));
    return members.flatMap((member, i): Comparison[] => {
      const process = context.cluster.process(member);
      const runs = process !== undefined && process.exitCode === undefined;
      if (runs && states[i] !== 'serves') return [];
      const final = because(whyOver(member, context));
      return [{ subject: member, expected: 'runs and does not serve', actual: states[i] ?? '', ...final }];
    });
  },
});

export const running = defineRow({
  name: 'running',
  description: 'exactly these members’ processes run, whatever their health',
  example: '[etcd-1, etcd-2]',
  schema: { type: 'array', items: { type: 'string' }, uniqueItems: true, names: 'plain' } as const,
  words: (members) =>
    members.length === 0 ? 'nobody runs' : `${list(members)} run${members.length === 1 ? 's' : ''}, nobody else`,
  runbook: (members, state) => ({
    commands: state.members.map((on) => ({ on, text: `pgrep -f "etcd --name=${on} "` })),
    see: [`It prints a process ID on ${andList(members)}, and nothing anywhere else.`],
  }),
  look(members, context) {
    const up = context.cluster.running().map(({ member }) => member);
    context.concerns(...up, ...members);
    // One too many may still end; one that has ended stays so.
    const final = members.map((member) => whyOver(member, context)).find((why) => why !== undefined);
    return Promise.resolve(differing('running', names(members, context), names(up, context), final));
  },
});

export const exit = defineRow({
  name: 'exit',
  description: 'how the member’s last process ended; fails while it runs',
  example: '{member: etcd-3, code: 1}',
  schema: {
    type: 'object',
    properties: {
      member: { ...memberName, description: 'whose process' },
      code: {
        type: ['integer', 'array'],
        items: { type: 'integer' },
        minItems: 1,
        description: 'or a list: any of these',
      },
    },
    required: ['member', 'code'],
    additionalProperties: false,
    expects: 'a map such as {member: etcd-3, code: 1}',
  },
  words: ({ member, code }) => `${member} has exited with code ${codes(code)}`,
  runbook: ({ member, code }) => ({
    commands: [],
    see: [
      `The process of ${member} has ended by itself with exit code ${codes(code)} (\`echo $?\` where it was started).`,
    ],
  }),
  look({ member, code }, context) {
    context.concerns(member);
    const process = context.cluster.process(member);
    const actual =
      process === undefined
        ? 'never started'
        : process.exitCode === undefined
          ? 'still runs'
          : `code ${process.exitCode}`;
    const wanted = Array.isArray(code) ? code : [code];
    const holds = process?.exitCode !== undefined && wanted.includes(process.exitCode);
    const final = because(whyOver(member, context));
    return Promise.resolve(
      holds ? [] : [{ subject: `exit of ${member}`, expected: `code ${codes(code)}`, actual, ...final }],
    );
  },
});

function codes(code: number | number[]): string {
  return Array.isArray(code) ? code.join(' or ') : String(code);
}

const LOG_LINE = {
  type: 'object',
  properties: {
    member: { ...memberName, description: 'whose log' },
    contains: { ...textPatterns, description: 'what a line must contain' },
    absent: { ...textPatterns, description: 'what no line may contain' },
    incarnation: { type: 'string', enum: ['last', 'any'], description: 'any: earlier processes’ logs as well' },
  },
  required: ['member'],
  additionalProperties: false,
  minProperties: 2,
  expects: '`member` with `contains` or `absent`',
} as const;

export const log = defineRow({
  name: 'log',
  description: 'what the member’s log says, or does not say; a match never spans two lines',
  example: '{member: etcd-2, contains: cluster ID mismatch}',
  schema: LOG_LINE,
  words: ({ member, contains, absent }) =>
    [
      ...(contains === undefined ? [] : [`the log of ${member} says ${describe(contains)}`]),
      ...(absent === undefined ? [] : [`the log of ${member} does not say ${describe(absent)}`]),
    ].join(' and '),
  runbook: ({ member, contains, absent }) => ({
    commands: [],
    see: [
      ...(contains === undefined ? [] : [`The log of ${member} says ${describe(contains)}.`]),
      ...(absent === undefined ? [] : [`The log of ${member} does not say ${describe(absent)}.`]),
    ],
  }),
  look({ member, contains, absent, incarnation }, context) {
    context.concerns(member);
    const all = context.cluster.incarnations(member);
    const processes = incarnation === 'any' ? all : all.slice(-1);
    const find = (pattern: Patterns): string | undefined => {
      const matcher = textMatcher(pattern);
      for (const process of processes) {
        const found = process.log.find((text) => matcher.matches(text));
        if (found) return found.said;
      }
      return undefined;
    };
    if (processes.length === 0) {
      const final = because(whyOver(member, context));
      return Promise.resolve([
        { subject: `log of ${member}`, expected: 'a process that logs', actual: 'never started', ...final },
      ]);
    }
    const comparisons: Comparison[] = [];
    const lines = processes.reduce((sum, process) => sum + process.log.lines.length, 0);
    if (contains !== undefined && find(contains) === undefined) {
      const actual = `no such line among ${lines}`;
      const final = because(whyOver(member, context));
      comparisons.push({ subject: `log of ${member}`, expected: `contains ${describe(contains)}`, actual, ...final });
    }
    const unwanted = absent === undefined ? undefined : find(absent);
    if (absent !== undefined && unwanted !== undefined) {
      comparisons.push({
        subject: `log of ${member}`,
        expected: `nothing like ${describe(absent)}`,
        actual: unwanted,
        final: `what ${member} has logged stays in its log`,
      });
    }
    return Promise.resolve(comparisons);
  },
});

type Patterns = Parameters<typeof textMatcher>[0];

function describe(patterns: Patterns): string {
  return textMatcher(patterns).description;
}

export const address = defineRow({
  name: 'address',
  description: 'whether the member’s address differs from the one that its process before had',
  example: '{member: etcd-1, changed: true}',
  schema: {
    type: 'object',
    properties: {
      member: { ...memberName, description: 'whose address' },
      changed: { type: 'boolean', description: 'whether it must be another one' },
    },
    required: ['member', 'changed'],
    additionalProperties: false,
    expects: 'a map such as {member: etcd-1, changed: true}',
  },
  words: ({ member, changed }) => `${member} has ${changed ? 'a new' : 'its old'} address`,
  runbook: ({ member, changed }) => ({
    commands: [{ text: `getent hosts ${member}` }],
    see: [`It prints the ${changed ? 'new' : 'old'} address of ${member}. Ask on every member's machine.`],
  }),
  look({ member, changed }, context) {
    const [before, now] = context.cluster.incarnations(member).slice(-2);
    if (!before || !now) {
      return Promise.resolve([
        {
          subject: `address of ${member}`,
          expected: 'two processes to compare',
          actual: 'it has had fewer',
          final: `no step here starts ${member} once more`,
        },
      ]);
    }
    const expected = changed ? `not ${before.address}` : before.address;
    const holds = (before.address !== now.address) === changed;
    const final = `the address of a process stays the same`;
    return Promise.resolve(holds ? [] : [{ subject: `address of ${member}`, expected, actual: now.address, final }]);
  },
});
