/** The row about leases: how many there are, and how long one of them still lives. */
import type { LeaseAnswer } from '../../cluster/client';
import type { Comparison } from '../../errors';
import { boundWords, countBound, durationBound, holds } from '../bound';
import type { StepContext } from '../context';
import { PROBE_MS } from '../health';
import { asked as whom, etcdctl, quote } from '../instruction';
import { flag, leaseId } from '../schema';
import { askable, areProcesses, compareEach } from './asked';
import { defineRow } from './row';

interface ExpectedLeases {
  count?: string | number;
  lease?: string;
  remaining?: string;
  absent?: boolean;
}

export const leases = defineRow({
  name: 'leases',
  description:
    '`{count: 0}`; `{lease: …, remaining: ">=590s"}` for the time that one has left, `{lease: …, absent: true}`',
  example: '{count: 0}',
  schema: {
    type: 'object',
    properties: {
      count: { ...countBound, description: 'how many there are' },
      lease: { ...leaseId, description: 'the one that is meant: ${results.NAME.id}' },
      remaining: { ...durationBound, description: 'how long it still lives, as etcd counts: in whole seconds' },
      absent: { ...flag, description: 'true: it has expired, or was revoked' },
    },
    additionalProperties: false,
    minProperties: 1,
  } as const,
  check: (expected) => whyUnfit(expected),
  words: (expected) => wordsOf(expected),
  runbook: (expected, state) => {
    const { count, lease } = expected;
    const target = whom(undefined, state);
    return {
      commands: [
        ...(count === undefined ? [] : [{ text: etcdctl(state, target, 'lease', 'list') }]),
        ...(lease === undefined ? [] : [{ text: etcdctl(state, target, 'lease', 'timetolive', quote(lease)) }]),
      ],
      see: seen(expected),
    };
  },
  async look(expected, context) {
    const asked = await askable('leases', wordsOf(expected), context);
    if (!areProcesses(asked)) return asked;
    // A learner serves no lease.
    const voters = asked.filter(({ member }) => !context.cluster.roster.isLearner(member));
    if (voters.length === 0) return [{ subject: 'leases', expected: wordsOf(expected), actual: 'no voter serves' }];
    context.concerns(...voters.map(({ member }) => member));
    // Each has answered a linearizable read a moment ago: what all say is so, and no member lags behind.
    const running = context.cluster.running().filter(({ member }) => !context.cluster.roster.isLearner(member));
    const isWhole = running.every((process) => voters.includes(process));
    const compared = [
      ...(await lookAtCount(expected, voters, context)),
      ...(await lookAtLease(expected, voters, context)),
    ];
    return isWhole
      ? compared
      : compared.map(({ subject, expected: wanted, actual }) => ({ subject, expected: wanted, actual }));
  },
});

const GONE = 'none';

type Asked = Parameters<typeof compareEach>[0];

async function lookAtCount({ count }: ExpectedLeases, asked: Asked, context: StepContext): Promise<Comparison[]> {
  if (count === undefined) return [];
  const ask = async ({ client }: Asked[number]): Promise<string> => {
    const ids = await client.leases(context.call(PROBE_MS));
    return holds(count, ids.length) ? boundWords(count) : String(ids.length);
  };
  return compareEach(asked, 'number of leases', boundWords(count), ask, (answer) =>
    context.underLoad || mayBecome(count, Number(answer))
      ? undefined
      : 'leases only become fewer while nobody grants one',
  );
}

/** Whether so many leases, or fewer, are what is expected. */
function mayBecome(count: string | number, most: number): boolean {
  return Array.from({ length: most + 1 }, (_, fewer) => fewer).some((fewer) => holds(count, fewer));
}

async function lookAtLease(expected: ExpectedLeases, asked: Asked, context: StepContext): Promise<Comparison[]> {
  const { lease, remaining, absent } = expected;
  if (lease === undefined) return [];
  const wanted = absent === true ? GONE : remaining === undefined ? 'there' : `${boundWords(remaining)} left`;
  const ask = async ({ client }: Asked[number]): Promise<string> => {
    const answer = await client.leaseTimeToLive(lease, context.call(PROBE_MS));
    return fits(answer, expected) ? wanted : leaseWords(answer);
  };
  return compareEach(asked, `lease ${lease}`, wanted, ask, (answer) =>
    answer === GONE && absent !== true ? `the lease ${lease} is gone, and no step here grants it again` : undefined,
  );
}

function fits(answer: LeaseAnswer | undefined, { remaining, absent }: ExpectedLeases): boolean {
  if (answer === undefined || absent === true) return (answer === undefined) === (absent === true);
  return remaining === undefined || holds(remaining, answer.remainingSeconds * 1000);
}

/** `593 s left of 600 s`. */
function leaseWords(answer: LeaseAnswer | undefined): string {
  if (answer === undefined) return GONE;
  return `${answer.remainingSeconds} s left of ${answer.grantedSeconds} s`;
}

function whyUnfit({ lease, remaining, absent }: ExpectedLeases): string | undefined {
  if (absent === false) return '`absent` can only be true; leave it out otherwise';
  if (lease === undefined && (remaining ?? absent) !== undefined) {
    return `\`${remaining === undefined ? 'absent' : 'remaining'}\` is about one lease: \`lease\` says which`;
  }
  if (remaining !== undefined && absent !== undefined) return 'a lease that is absent has no time left';
  return undefined;
}

function wordsOf({ count, lease, remaining, absent }: ExpectedLeases): string {
  const time = remaining === undefined ? 'is there' : `has ${boundWords(remaining)} left`;
  return [
    ...(count === undefined ? [] : [`the number of leases is ${boundWords(count)}`]),
    ...(lease === undefined ? [] : [`the lease ${lease} ${absent === true ? 'is gone' : time}`]),
  ].join(', ');
}

function seen({ count, lease, remaining, absent }: ExpectedLeases): string[] {
  const time = remaining === undefined ? 'It prints how much remains' : `What remains is ${boundWords(remaining)}`;
  return [
    ...(count === undefined ? [] : [`It lists so many leases: ${boundWords(count)}.`]),
    ...(lease === undefined ? [] : [absent === true ? 'It prints `already expired`.' : `${time}.`]),
  ];
}
