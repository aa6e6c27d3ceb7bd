import { planCases, type PlanOptions } from '../../src/run/plan';
import { loadScenarios } from '../../src/scenario/load';
import type { Scenario } from '../../src/scenario/scenario';
import { SourceFile } from '../../src/source';

function scenario(head: string, file = 'recovery/a.yaml', steps = '  - start: all\n'): Scenario {
  const text = `name: A drill\nmembers: 3\n${head}steps:\n${steps}`;
  const { scenarios, problems } = loadScenarios(new SourceFile(file, text));
  const [loaded] = scenarios;
  if (!loaded) throw new Error(problems.map(({ message }) => message).join('\n'));
  return loaded;
}

const plan = (scenarios: Scenario[], options: Partial<PlanOptions> = {}): ReturnType<typeof planCases> =>
  planCases(scenarios, { etcd: undefined, defaultEtcd: ['3.5.35'], repeat: 1, ...options });

/** `3.5.35`, or `3.5.35: why it is skipped`. */
const versions = (scenarios: Scenario[], options: Partial<PlanOptions> = {}): string[] =>
  plan(scenarios, options).cases.map(({ version, skip }) => (skip === undefined ? version : `${version}: ${skip}`));

describe('the versions of a drill', () => {
  const free = scenario('');
  const own = scenario('etcd: [3.4.23, 3.5.35, 3.6.16]\n');
  const recent = scenario('requires: {etcd: ">=3.5"}\n');

  it.each<[string, Scenario, readonly string[] | undefined, string[]]>([
    ['that names none is the default', free, undefined, ['3.5.35']],
    ['that names none is what --etcd says', free, ['3.3.25', '3.7.3'], ['3.3.25', '3.7.3']],
    ['that names its own are all of them', own, undefined, ['3.4.23', '3.5.35', '3.6.16']],
    [
      'that names its own are those that --etcd says as well, in its own order',
      own,
      ['3.6.16', '3.3.25', '3.4.23'],
      ['3.4.23', '3.6.16'],
    ],
    [
      'without overlap are none',
      own,
      ['3.3.25', '3.7.3'],
      ['3.4.23: it is for etcd 3.4.23, 3.5.35, 3.6.16, and --etcd says 3.3.25, 3.7.3'],
    ],
    [
      'that it does not fit are skipped, one by one',
      recent,
      ['3.4.23', '3.6.16'],
      ['3.4.23: it requires etcd >=3.5, and this is 3.4.23', '3.6.16'],
    ],
    ['said twice is one', free, ['3.4.23', '3.4.23'], ['3.4.23']],
  ])('%s', (_, one, etcd, expected) => {
    expect(versions([one], { etcd })).toEqual(expected);
  });

  it('may be several by default', () => {
    expect(versions([free, recent], { defaultEtcd: ['3.4.23', '3.5.35'] })).toEqual([
      '3.4.23',
      '3.5.35',
      '3.4.23: it requires etcd >=3.5, and this is 3.4.23',
      '3.5.35',
    ]);
  });
});

describe('the id of a case', () => {
  it('is the path and the version; further rounds are numbered', () => {
    const { cases } = plan([scenario('etcd: [3.4.23, 3.5.35]\n')], { repeat: 2 });
    expect(cases.map(({ ref }) => ref.id)).toEqual([
      'recovery/a.yaml@3.4.23',
      'recovery/a.yaml@3.4.23#2',
      'recovery/a.yaml@3.5.35',
      'recovery/a.yaml@3.5.35#2',
    ]);
    expect(cases.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('is the same each time, whatever runs beside it', () => {
    const [a, b] = [scenario('', 'a.yaml'), scenario('', 'b.yaml')];
    const ids = (scenarios: Scenario[]): string[] => plan(scenarios).cases.map(({ ref }) => ref.id);
    expect(ids([a, b])).toEqual(['a.yaml@3.5.35', 'b.yaml@3.5.35']);
    expect(ids([b])).toEqual(['b.yaml@3.5.35']);
  });

  it('is unique, even where two files outside of the root have one name', () => {
    const twins = ['/x/lib/a.yaml', '/y/lib/a.yaml'].map((file) => {
      const {
        scenarios: [one],
      } = loadScenarios(new SourceFile(file, 'name: x\nmembers: 1\nsteps: [start: all]\n', 'lib/a.yaml'));
      return one ?? scenario('');
    });
    const ids = plan(twins, { repeat: 3 }).cases.map(({ ref }) => ref.id);
    expect(new Set(ids).size).toBe(6);
  });

  it('comes with what reports need', () => {
    const [planned] = plan([scenario('tags: [recovery, slow]\n')]).cases;
    const name = 'A drill';
    expect(planned?.ref).toEqual({
      id: 'recovery/a.yaml@3.5.35',
      name,
      file: 'recovery/a.yaml',
      line: 1,
      etcd: '3.5.35',
      tags: ['recovery', 'slow'],
      members: 3,
    });
  });
});

describe('what a case needs', () => {
  it('is known before: every version that a member will run, and pinned addresses', () => {
    const steps =
      '  - start: {member: all, version: 3.4.23}\n' +
      '  - repeat: {times: 2, steps: [kill: etcd-1, start: {member: etcd-1, newAddress: true}]}\n' +
      '  - kill: etcd-2\n  - start: {member: etcd-2, version: 3.6.16}\n    when: {etcd: ">=3.6"}\n';
    const { cases } = plan([scenario('', 'a.yaml', steps)], { etcd: ['3.5.35', '3.6.16'] });
    expect(cases.map((one) => [one.versions, [...one.needs]])).toEqual([
      [['3.5.35', '3.4.23'], ['pinned-addresses']],
      [['3.6.16', '3.4.23'], ['pinned-addresses']],
    ]);
  });

  it('is nothing for a plain drill', () => {
    expect([...(plan([scenario('')]).cases[0]?.needs ?? ['?'])]).toEqual([]);
  });
});

describe('a flag that a version lacks', () => {
  const problems = (one: Scenario, etcd?: string[]): string[] =>
    plan([one], { etcd })
      .problems.filter(({ severity }) => severity === 'error')
      .map(({ place, message }) => `${place.line}:${place.column} ${message}`);

  it('is a problem for that version only', () => {
    const one = scenario('flags: {pre-vote: true}\n');
    expect(problems(one, ['3.5.35'])).toEqual([]);
    expect(problems(one, ['3.3.25', '3.5.35'])).toEqual([
      expect.stringMatching(/^3:9 etcd 3\.3\.25 has no flag --pre-vote/),
    ]);
  });

  it('is none where the case is skipped, the step is skipped, null drops it, or it is to be refused', () => {
    expect(problems(scenario('requires: {etcd: ">=3.4"}\nflags: {pre-vote: true}\n'), ['3.3.25'])).toEqual([]);
    const steps =
      '  - start: {member: all, flags: {pre-vote: true}}\n    when: {etcd: ">=3.4"}\n' +
      '  - start: {member: all, flags: {pre-vote: null}}\n    when: {etcd: "<3.4"}\n' +
      '  - kill: all\n  - start: {member: etcd-1, flags: {max-learners: 2}}\n    expectError: flag provided but not defined\n';
    expect(problems(scenario('', 'a.yaml', steps), ['3.3.25', '3.5.35'])).toEqual([]);
  });

  it('is told of the version that a step starts, with the flags of the scenario', () => {
    const steps = '  - start: {member: all, version: 3.3.25, flags: {metrics: basic}}\n';
    expect(problems(scenario('flags: {pre-vote: true, metrics: extensive}\n', 'a.yaml', steps))).toEqual([
      '5:35 etcd 3.3.25 has no flag --pre-vote, and the scenario sets it for every member',
    ]);
  });

  it('is found in blocks and in `finally`', () => {
    const steps =
      '  - repeat: {times: 2, steps: [start: {member: all, flags: {feature-gates: x}}]}\nfinally:\n  - start: {member: all, flags: {feature-gates: x}}\n';
    expect(problems(scenario('', 'a.yaml', steps))).toHaveLength(2);
  });
});
