/** The arguments under `workload`, and what they mean where nothing is said. */
import type { FromSchema } from 'json-schema-to-ts';
import { bytesOf, SIZE_PATTERN } from '../../bytes';
import { parseDuration } from '../../clock';
import type { Settings } from '../../workload/settings';
import { SHORTEST_VALUE } from '../../workload/naming';
import { duration } from '../schema';
import type { ArgumentProblem } from '../step';

const MOST = {
  writers: 256,
  readers: 256,
  keys: 10_000,
  leases: 256,
  ratePerSecond: 20_000,
  valueBytes: 1024 * 1024,
} as const;

export const WORKLOAD = {
  type: 'object',
  description: 'what clients do meanwhile; they use keys of their own, below /etcd-scenarios/workload/',
  properties: {
    writers: { type: 'integer', minimum: 1, description: 'write requests in flight; 4 where nothing is said' },
    readers: { type: 'integer', minimum: 0, description: 'linearizable reads in flight; 2 where nothing is said' },
    keys: {
      type: 'integer',
      minimum: 1,
      description: 'how many keys are written, over and over; 32 where nothing is said',
    },
    rate: {
      type: 'string',
      pattern: '^([1-9]\\d*/s|max)$',
      expects: 'a rate such as 200/s, or max',
      description: 'writes a second, by all writers together; `max`: as many as go; 200/s where nothing is said',
    },
    valueSize: {
      type: 'string',
      pattern: SIZE_PATTERN,
      expects: 'a size such as 256B or 1KiB',
      description: 'of every value; 128B where nothing is said',
    },
    transactions: {
      type: 'string',
      pattern: '^(\\d{1,2}|100)%$',
      expects: 'a share such as 10%',
      description: 'the share of writes that are transactions of two keys; 0% where nothing is said',
    },
    leases: {
      type: 'integer',
      minimum: 0,
      description: 'clients that hold a key by a lease, keep it alive and revoke it; none where nothing is said',
    },
    timeout: { ...duration, description: 'the deadline of one request; 2s where nothing is said' },
  },
  additionalProperties: false,
} as const;

export type WorkloadArguments = FromSchema<typeof WORKLOAD>;

export function settingsOf(args: WorkloadArguments = {}): Settings {
  const { writers = 4, readers = 2, keys = Math.max(32, writers * 2), rate = '200/s', valueSize = '128B' } = args;
  return {
    writers,
    readers,
    keys,
    rate: rate === 'max' ? undefined : parseInt(rate, 10),
    valueBytes: bytesOf(valueSize),
    transactions: parseInt(args.transactions ?? '0%', 10) / 100,
    leases: args.leases ?? 0,
    timeoutMs: parseDuration(args.timeout ?? '2s') ?? 2000,
  };
}

/** What does not go together. */
export function settingsProblems(args: WorkloadArguments = {}): ArgumentProblem[] {
  const { writers, readers, keys, leases, rate = 0, valueBytes, transactions } = settingsOf(args);
  const problems: ArgumentProblem[] = [];
  const problem = (key: string, message: string, hint?: string): void => {
    problems.push({ pointer: `/workload/${key}`, message, hint });
  };
  const most = { writers, readers, keys, leases };
  for (const [key, value] of Object.entries(most)) {
    const limit = MOST[key as keyof typeof most];
    if (value > limit) problem(key, `${value} ${key} are more than one machine carries; ${limit} is the most`);
  }
  if (rate > MOST.ratePerSecond) problem('rate', `${MOST.ratePerSecond}/s is the most; \`max\` is as many as go`);
  if (valueBytes < SHORTEST_VALUE) {
    problem('valueSize', `a value says which operation wrote it, and takes ${SHORTEST_VALUE} bytes at least`);
  }
  if (valueBytes > MOST.valueBytes)
    problem('valueSize', 'etcd takes no request of more than 1.5 MiB; 1MiB is the most');
  const needed = transactions > 0 ? writers * 2 : writers;
  if (keys < needed) {
    const why = transactions > 0 ? 'a transaction writes two of them' : 'and may share none';
    problem('keys', `${writers} writers need ${needed} keys at least: each writes keys of its own, ${why}`);
  }
  if (transactions > 0 && valueBytes * 2 > MOST.valueBytes) {
    problem('valueSize', 'a transaction writes two values at once: 512KiB is the most');
  }
  return problems;
}
