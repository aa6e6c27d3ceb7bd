/** The rows of `expect` as shell. */
import { hexId } from '../../steps/expect/id';
import type { Selector } from '../../steps/select';
import { forEach, names, NotInScript, words, type At } from './line';

type Row = (value: never, at: At) => string[];

const single = (check: string): string[] => [`${check} || ok=1`];

interface LogRow {
  member: string;
  contains?: unknown;
  absent?: unknown;
  incarnation?: 'last' | 'any';
}

const ROWS: Readonly<Record<string, Row>> = {
  healthy: (who: Selector, { state }) => forEach(names(who, state), 'healthy "$member"'),
  unhealthy: (members: string[]) => forEach(words(...members), 'unhealthy "$member"'),
  running: (members: string[]) => single(`running_are ${words(...members)}`.trim()),
  leader: (who: string) => single(who === 'none' ? 'no_leader' : `leader_is ${who}`),
  members: (expected: string[] | Record<string, { id?: string; learner?: boolean }>) => {
    if (Array.isArray(expected)) return single(`members_are ${words(...expected)}`);
    const details = Object.entries(expected).flatMap(([name, { id, learner }]) => [
      ...(id === undefined ? [] : single(`id_is ${name} ${hexId(id)}`)),
      ...(learner === undefined ? [] : single(`learner_is ${name} ${learner}`)),
    ]);
    return [...single(`members_are ${words(...Object.keys(expected))}`), ...details];
  },
  clusterId: (expected: string | Record<string, string>) =>
    typeof expected === 'string'
      ? single(`cluster_id_is ${hexId(expected)}`)
      : Object.entries(expected).flatMap(([name, id]) => single(`member_cluster_id ${name} ${hexId(id)}`)),
  consistent: (value: true | { among: string[] }, { state }) =>
    single(`consistent ${value === true ? words(...votersIn(state)) : words(...value.among)}`),
  alarms: (expected: 'none' | string[] | object) => {
    if (expected === 'none') return single('alarms_are');
    if (Array.isArray(expected)) return single(`alarms_are ${words(...(expected as string[]))}`);
    throw new NotInScript('`alarms` with the members that raised them');
  },
  log: ({ member, contains, absent, incarnation = 'last' }: LogRow) => [
    ...(contains === undefined ? [] : single(`log_has ${incarnation} ${member} ${words(...plainTexts(contains))}`)),
    ...(absent === undefined ? [] : single(`log_lacks ${incarnation} ${member} ${words(...plainTexts(absent))}`)),
  ],
  exit: ({ member, code }: { member: string; code: number | number[] }) =>
    single(`exit_is ${member} ${[code].flat().join(' ')}`),
  address: ({ member, changed }: { member: string; changed: boolean }) =>
    single(`address_is ${changed ? 'changed' : 'same'} ${member}`),
};

/** The checks of an `expect`. Throws NotInScript for a row that has no shell. */
export function checksOf(expected: Readonly<Record<string, unknown>>, at: At): string[] {
  return Object.entries(expected).flatMap(([name, value]) => {
    const row = Object.hasOwn(ROWS, name) ? ROWS[name] : undefined;
    if (!row) throw new NotInScript(`\`${name}\``);
    return row(value as never, at);
  });
}

function votersIn(state: At['state']): string[] {
  if (!state.listIsCertain) throw new NotInScript('`consistent` after a member was chosen while it runs');
  return state.members.filter((member) => !state.roster.isLearner(member) && !state.roster.isRemoved(member));
}

function plainTexts(patterns: unknown): string[] {
  return [patterns].flat().map((pattern) => {
    if (typeof pattern === 'string') return pattern;
    throw new NotInScript('`log` with a regular expression: grep reads another dialect');
  });
}
