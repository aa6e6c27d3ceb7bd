/** `knownFailing` on real members: what fails as it is said to is green, all else is red. */
import { inconsistencies, runDrills, told, yamlOf, type DrillRun } from './helpers';

const knows = (because: string): string => `
  knownFailing:
    - {etcd: "<3.5", because: nobody says this}
    - {etcd: ">=3.5.16 <3.6", because: ${because}, issue: etcd-io/etcd#1}`;
const READS_BAZ = `
  - start: all
  - put: {key: foo, value: bar}
  - get: {key: foo, value: baz} # here`;
/** A 3.4 on data of 3.5: what ends its process is only in its log. */
const OLD_BINARY = `
  - start: all
  - expect: {version: {cluster: 3.5}}
  - stop: etcd-1
  - start: {member: etcd-1, version: 3.4.23, waitFor: running}
  - expect: {running: etcd-1}
    for: 5s
    within: 0s`;

const DRILLS = {
  'fails as said, by a comparison': { top: knows(`'expected "baz"; actual "bar"'`), steps: READS_BAZ },
  'fails as said, by a log': {
    top: knows('{matches: invalid downgrade; .* lower than determined}'),
    steps: OLD_BINARY.replace('running: etcd-1}', 'running: [etcd-1]}'),
  },
  'fails otherwise': { top: knows('too many learner members'), steps: READS_BAZ },
  passes: { top: knows('too many learner members'), steps: '- start: all' },
  'looks at another version': {
    top: `
      vars: {to: 3.6.16}
      knownFailing: {etcd: 3.6, version: "\${vars.to}", because: is not as expected}`,
    steps: READS_BAZ,
  },
  'fails in finally as well': {
    top: knows('is not as expected'),
    steps: READS_BAZ,
    last: '- get: {key: foo, absent: true}',
  },
  'breaks with its environment': {
    top: knows('no-such-image'),
    steps: '- start: {member: etcd-1, version: 3.5.9999}',
  },
};

let ran: DrillRun;

beforeAll(async () => {
  const drills = Object.entries(DRILLS).map(([name, drill]) => [name, yamlOf(name, drill)]);
  ran = await runDrills(Object.fromEntries(drills) as Record<string, string>);
}, 200_000);

describe('a drill that is known to fail', () => {
  it('passes where it fails with the comparison that it names, and says what failed', () => {
    const { verdict, failure, known } = ran.case('fails as said, by a comparison').finished;
    expect({ verdict, failure }).toEqual({ verdict: 'passed', failure: null });
    expect(known).toMatchObject({
      range: '>=3.5.16 <3.6',
      issue: 'etcd-io/etcd#1',
      said: 'value of "foo" on etcd-1: expected "baz"; actual "bar"',
      failure: { message: '"foo" is not as expected', step: { id: '3' } },
    });
  });

  it('passes where the log of a member that failed says so', () => {
    const { verdict, known } = ran.case('fails as said, by a log').finished;
    expect(verdict).toBe('passed');
    expect(known?.said).toBe(
      'etcd-1 logged: invalid downgrade; server version is lower than determined cluster version',
    );
  });

  it('looks at the version that it is told to look at', () => {
    expect(ran.case('looks at another version').finished).toMatchObject({ verdict: 'passed', known: { range: '3.6' } });
  });

  it('is red where it fails for another reason, and says both', () => {
    const found = ran.case('fails otherwise');
    expect(found.verdict).toBe('failed');
    expect(found.failure.message).toBe(
      'it fails, as it is known to on etcd 3.5.35 (etcd-io/etcd#1), but not for the reason that is given: "foo" is not as expected',
    );
    expect(told(found.failure.comparisons)).toEqual([
      'value of "foo" on etcd-1: expected "baz"; actual "bar"',
      'what it is known to fail with: expected "too many learner members"; actual "foo" is not as expected',
    ]);
    expect(found.failure.step?.place.line).toBe(found.lineOf('# here'));
  });

  it('is red where it passes, and points at what it knows', () => {
    const found = ran.case('passes');
    expect(found.verdict).toBe('failed');
    expect(found.failure.message).toBe(
      'it is known to fail on etcd 3.5.35 (etcd-io/etcd#1), and it passed: the defect is gone, or the drill no longer shows it',
    );
    expect(found.failure.frame).toMatch(new RegExp(`^> *${found.lineOf('etcd-io/etcd#1')} \\|`, 'm'));
  });

  it('is red where `finally` fails, which nobody knew of', () => {
    const { verdict, failure, further, known } = ran.case('fails in finally as well').finished;
    expect(verdict).toBe('failed');
    expect(failure?.message).toBe('"foo" is not as expected');
    expect(further).toHaveLength(1);
    expect(known).toBeUndefined();
  });

  it('is no verdict where the environment breaks', () => {
    expect(ran.case('breaks with its environment').verdict).toBe('error');
  });
});

test('known failures are counted among those that passed, and the events fit together', () => {
  expect(ran.result.counts).toEqual({ passed: 3, known: 3, failed: 3, error: 1, interrupted: 0, skipped: 0 });
  expect(ran.result.exitCode).toBe(1);
  expect(inconsistencies(ran.events)).toEqual([]);
});
