/** The rows under `expect` of `during`. What nobody asks for is reported all the same. */
import type { FromSchema } from 'json-schema-to-ts';
import { formatDuration } from '../../clock';
import type { Comparison } from '../../errors';
import { ERROR_KINDS, type Finding, type Latency, type WorkloadFigures } from '../../figures';
import { boundWords, countBound, durationBound, holds } from '../bound';

const LATENCY = {
  p50: { ...durationBound, description: 'half of them took at most this long' },
  p90: { ...durationBound, description: 'nine of ten took at most this long' },
  p99: { ...durationBound, description: '99 of 100 took at most this long' },
  max: { ...durationBound, description: 'what the longest took' },
} as const;

export const EXPECTED = {
  type: 'object',
  description: 'what must have come of it; lostWrites, phantomWrites and staleReads are 0 where nothing is said',
  properties: {
    lostWrites: { ...countBound, description: 'acknowledged writes that are not there, on whatever member' },
    phantomWrites: {
      ...countBound,
      description: 'writes that failed for certain and are there all the same, or were applied twice',
    },
    staleReads: {
      ...countBound,
      description: 'linearizable reads older than what was acknowledged before they began',
    },
    wrongLeases: {
      ...countBound,
      description: 'keys that vanished while their lease was kept alive, or outlived it; 0 where nothing is said',
    },
    outage: { ...durationBound, description: 'the longest time without an acknowledged write' },
    errors: {
      ...countBound,
      type: ['integer', 'string', 'object'],
      properties: Object.fromEntries(
        ERROR_KINDS.map((kind) => [kind, { ...countBound, description: `requests that ended as ${kind}` }]),
      ),
      additionalProperties: false,
      minProperties: 1,
      description: 'requests that failed, or whose outcome is unknown; a map for some kinds only',
    },
    latency: {
      type: 'object',
      properties: LATENCY,
      additionalProperties: false,
      minProperties: 1,
      description: 'of acknowledged writes; with a rate, from the moment when each was meant to be sent',
    },
    revisions: {
      type: 'string',
      enum: ['monotonic'],
      description: 'no acknowledged request comes with a revision below those acknowledged before it began',
    },
  },
  additionalProperties: false,
  minProperties: 1,
} as const;

type Bound = string | number;
export type Expected = Omit<FromSchema<typeof EXPECTED>, 'errors'> & { errors?: Bound | Record<string, Bound> };

/** What an operator should see when the steps are over; each a sentence. */
export function expectations(expected: Expected): string[] {
  const { lostWrites = 0, outage } = expected;
  const lost = `Acknowledged writes that are lost: ${boundWords(lostWrites)}.`;
  return outage === undefined
    ? [lost]
    : [lost, `The longest time in which no write was acknowledged: ${boundWords(outage)}.`];
}

/** Everything that does not hold. */
export function unmetBy(figures: WorkloadFigures, expected: Expected): Comparison[] {
  return [...judgeVerdicts(figures, expected), ...judgeOutage(figures, expected), ...judgeErrors(figures, expected)];
}

/** These are looked at whether the author asks or not: a workload that lost a write in silence must not pass. */
function judgeVerdicts({ verdicts, findings }: WorkloadFigures, expected: Expected): Comparison[] {
  if (!verdicts) return [];
  const rows: [subject: string, bound: Bound, actual: number, kind: Finding['kind']][] = [
    ['lost writes', expected.lostWrites ?? 0, verdicts.lostWrites, 'lost'],
    ['phantom writes', expected.phantomWrites ?? 0, verdicts.phantomWrites, 'phantom'],
    ['stale reads', expected.staleReads ?? 0, verdicts.staleReads, 'stale'],
    ['keys against their lease', expected.wrongLeases ?? 0, verdicts.wrongLeases, 'lease'],
    ['transactions of which one half is there', 0, verdicts.tornTransactions, 'torn'],
  ];
  // Where writes may be lost, those above them stand at other revisions.
  if (!holds(expected.lostWrites ?? 0, 1)) {
    rows.push(['writes at another revision than the acknowledged one', 0, verdicts.movedWrites, 'moved']);
  }
  return rows.flatMap(([subject, bound, actual, kind]) => {
    if (holds(bound, actual)) return [];
    const told = findings.filter((finding) => finding.kind === kind).map(findingLine);
    const more = actual > told.length && told.length > 0 ? [`… and ${actual - told.length} more`] : [];
    return [{ subject, expected: boundWords(bound), actual: [String(actual), ...told, ...more].join('\n') }];
  });
}

function judgeOutage({ outage, latency, revisionsBack }: WorkloadFigures, expected: Expected): Comparison[] {
  const found: Comparison[] = [];
  if (expected.outage !== undefined && !holds(expected.outage, outage.ms)) {
    const at = `${formatDuration(outage.ms)}, from ${formatDuration(outage.atMs)} after the workload began`;
    const actual = outage.over ? at : `${at}, and not over at its end`;
    found.push({
      subject: 'longest time without an acknowledged write',
      expected: boundWords(expected.outage),
      actual,
    });
  }
  for (const name of Object.keys(expected.latency ?? {}) as (keyof Latency)[]) {
    const bound = expected.latency?.[name];
    if (bound === undefined || (latency && holds(bound, latency[name]))) continue;
    const actual = latency ? formatDuration(latency[name]) : 'no write was acknowledged';
    found.push({ subject: `latency of writes, ${name}`, expected: boundWords(bound), actual });
  }
  if (expected.revisions !== undefined && revisionsBack > 0) {
    found.push({ subject: 'revisions', expected: expected.revisions, actual: `went back ${revisionsBack} times` });
  }
  return found;
}

function judgeErrors({ errors, errorTexts }: WorkloadFigures, { errors: bounds }: Expected): Comparison[] {
  if (bounds === undefined) return [];
  const all = Object.values(errors).reduce((sum, count) => sum + count, 0);
  if (typeof bounds !== 'object') {
    if (holds(bounds, all)) return [];
    const kinds = ERROR_KINDS.flatMap((kind) =>
      errors[kind] ? [`${kind}: ${errors[kind]}, the first: ${errorTexts[kind]}`] : [],
    );
    return [{ subject: 'errors', expected: boundWords(bounds), actual: [String(all), ...kinds].join('\n') }];
  }
  return ERROR_KINDS.flatMap((kind) => {
    const [bound, actual] = [bounds[kind], errors[kind] ?? 0];
    if (bound === undefined || holds(bound, actual)) return [];
    const first = actual > 0 ? `\nthe first: ${errorTexts[kind]}` : '';
    return [{ subject: `errors of the kind ${kind}`, expected: boundWords(bound), actual: `${actual}${first}` }];
  });
}

/** A finding on one line. */
export function findingLine({ operation, key, revision, member, atMs, told }: Finding): string {
  const who = operation < 0 ? 'a write of nobody' : `operation ${operation}`;
  return `${who}, ${key}, revision ${revision}, ${member}, ${formatDuration(atMs)} after the beginning: ${told}`;
}
