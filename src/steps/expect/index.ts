import { Unmet } from '../../errors';
import type { StepContext } from '../context';
import type { DrillState } from '../drill-state';
import { awaitEnding } from '../ending';
import { sentences, type Instruction } from '../instruction';
import type { JsonSchema } from '../schema';
import type { Step } from '../step';
import { alarms, clusterId, leader, members, version } from './cluster';
import { consistent } from './consistent';
import { leases } from './leases';
import { address, exit, healthy, log, running, unhealthy } from './processes';
import type { Row } from './row';

/** The rows, in the order in which they are reported. */
export const ROWS: readonly Row[] = [
  healthy,
  unhealthy,
  running,
  leader,
  members,
  clusterId,
  version,
  consistent,
  alarms,
  leases,
  log,
  exit,
  address,
];

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(ROWS.map((row) => [row.name, row.schema])),
  additionalProperties: false,
  minProperties: 1,
  expects: `at least one of ${ROWS.map((row) => row.name).join(', ')}`,
};

type Expected = Readonly<Record<string, unknown>>;

/** Its arguments are the rows; every row is looked at each time, and all must hold at once. */
export const expect: Step = {
  name: 'expect',
  summary: 'Looks at the cluster; all rows must hold at once. Without `within` it looks again for up to 10 s.',
  example: ['- expect: {healthy: all, leader: any, consistent: true, alarms: none}', '  within: 30s'],
  main: undefined,
  schema: SCHEMA,
  result: {},
  retry: 'always',
  timeoutMs: 10_000,
  holds: true,
  follows: false,
  bind(args) {
    const expected = args as Expected;
    return {
      sentence: () =>
        `expect ${rowsOf(expected)
          .map((row) => row.words(expected[row.name]))
          .join('; ')}`,
      check: () =>
        rowsOf(expected).flatMap((row) => {
          const message = row.check(expected[row.name]);
          return message === undefined ? [] : [{ pointer: `/${row.name}`, message }];
        }),
      follow: (state) => learn(expected, state),
      needs: () => ('address' in expected ? ['pinned-addresses'] : []),
      runbook: (state) => together(rowsOf(expected).map((row) => row.runbook(expected[row.name], state))),
      run: (context) => look(expected, context),
    };
  },
};

/** What holds is known from here on: who ended, and who alone runs. */
function learn({ exit: ended, running: up }: Expected, state: DrillState): void {
  const { member } = (ended ?? {}) as { member?: unknown };
  if (typeof member === 'string' && state.members.includes(member)) state.seenDown(member);
  if (!Array.isArray(up)) return;
  for (const one of state.members) if (!up.includes(one)) state.seenDown(one);
}

function rowsOf(expected: Expected): Row[] {
  return ROWS.filter((row) => row.name in expected);
}

/** All rows as one instruction; a command that serves two of them is typed once. */
function together(rows: readonly Instruction[]): Instruction {
  const distinct = new Map(rows.flatMap(({ commands }) => commands.map((one) => [`${one.on ?? ''} ${one.text}`, one])));
  return {
    before: sentences(...rows.map(({ before }) => before)),
    commands: [...distinct.values()],
    see: rows.flatMap(({ see = [] }) => see),
    otherwise: sentences(...rows.map(({ otherwise }) => otherwise)),
  };
}

async function look(expected: Expected, context: StepContext): Promise<void> {
  const rows = rowsOf(expected);
  await awaitEnding(context);
  context.waitingFor(rows.map((row) => row.words(expected[row.name])).join('; '));
  const found = (await Promise.all(rows.map((row) => row.look(expected[row.name], context)))).flat();
  // Several rows may find that the members are in different clusters.
  const unmet = [...new Map(found.map((one) => [JSON.stringify(one), one])).values()];
  if (unmet.length > 0) throw new Unmet('the cluster is not as expected', unmet);
}
