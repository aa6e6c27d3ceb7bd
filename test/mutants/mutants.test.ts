/** The generator of mutants, and how their outcomes are judged. The mutants themselves run with `npm run test:mutants`. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesUnder, ROOT } from '../cluster/helpers';
import { judge, keyOf, readExplained, type Outcome } from './explained';
import { allErrors, mutantsOf, originalOf, selected, type Mutant } from './generate';
import { rootOf } from './steps';

const SCENARIOS = join(ROOT, 'scenarios');
const ORIGINALS = filesUnder(SCENARIOS)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => [relative(SCENARIOS, file).replace(/\.yaml$/, ''), readFileSync(file, 'utf8')] as const)
  .filter(([, text]) => /^name:/m.test(text))
  .map(([name, text]) => originalOf(name, text));
const ERRORS = allErrors(ORIGINALS);

describe('the mutants of each scenario that ships', () => {
  it.each(ORIGINALS.map((original) => [original.name, original] as const))('%s are ten at least', (_, original) => {
    const mutants = mutantsOf(original, ERRORS, '1');
    expect(selected(mutants, 8, '1').length).toBeGreaterThanOrEqual(10);
    expect(new Set(mutants.map(({ what }) => what)).size).toBe(mutants.length);
    for (const { text } of mutants) expect(() => rootOf(text)).not.toThrow();
    expect(mutantsOf(original, ERRORS, '1')).toEqual(mutants);
  });

  it('have every step that takes an expected error, and has none', () => {
    const original = originalOf('recovery/minority-with-data', textOf('recovery/minority-with-data'));
    const steps = selected(mutantsOf(original, ERRORS, '1'), 0, '1')
      .filter(({ operator }) => operator === 'expected error added')
      .map(({ what }) => what.replace(/ has to.*/, ''));
    expect(steps).toEqual(['start', 'put', 'kill', 'put', 'start', 'get'].map((one, i) => `step ${i + 1} (${one})`));
  });

  it('include every mutant that is explained', () => {
    const keys = new Set(ORIGINALS.flatMap((original) => mutantsOf(original, ERRORS, '1')).map(keyOf));
    expect([...readExplained().keys()].filter((key) => !keys.has(key))).toEqual([]);
  });

  it('differ with the seed', () => {
    const [original] = ORIGINALS;
    if (!original) throw new Error('no scenario ships');
    const texts = (seed: string): string[] => mutantsOf(original, ERRORS, seed).map(({ text }) => text);
    expect(texts('1')).not.toEqual(texts('2'));
  });
});

function textOf(name: string): string {
  return readFileSync(join(SCENARIOS, `${name}.yaml`), 'utf8');
}

describe('an original', () => {
  it.each([
    ['the only version that it names', 'etcd: 3.4.23', '3.4.23', 'etcd: 3.4.23'],
    ['the default one of a list', 'etcd: [3.4.23, 3.5.35]', '3.5.35', 'etcd: 3.5.35'],
    ['the first one of a list without the default', 'etcd: [3.6.16, 3.7.3]', '3.6.16', 'etcd: 3.6.16'],
    ['the default one where it names none', 'tags: [a]', '3.5.35', 'tags: [a]\netcd: 3.5.35'],
    ['what its variable holds', 'vars: {from: 3.4.23}\netcd: ${vars.from}', '3.4.23', 'etcd: ${vars.from}'],
    [
      'one on which it does not have to fail',
      'etcd: [3.3.25, 3.4.23]\nknownFailing: {etcd: "<3.4", because: x}',
      '3.4.23',
      'etcd: 3.4.23\n',
    ],
  ])('runs on %s', (_, head, etcd, found) => {
    const original = originalOf('a', `name: A\nmembers: 1\n${head}\nsteps:\n  - start: all\n`);
    expect(original.etcd).toBe(etcd);
    expect(original.text).toContain(found);
  });

  it('keeps the last value of each list of its matrix', () => {
    const { text } = originalOf('a', 'name: A\nmatrix: {to: [3.6.4, 3.6.16]}\nsteps: []\n');
    expect(text).toContain('matrix: {to: [3.6.16]}');
  });
});

const TEXT = `name: A
members: 3
steps:
  - start: all
  - put: {key: foo, value: bar}
  - kill: [etcd-1, etcd-2]
    when: {etcd: ">=3.5"}
  - wipe: etcd-1
    when: {etcd: "<3.5"}
  - start: {member: etcd-1, initialCluster: [etcd-1]}
    expectError: cluster ID mismatch
  - get: {key: foo, value: bar}
  - expect:
      healthy: all
      members: [etcd-1, etcd-2]
      clusterId: 1052f362c31a5266
      version: {cluster: 3.5}
`;

/** The lines that a mutation removes (`-`) and adds (`+`). */
function changes({ text }: Mutant, from: string): string[] {
  const [before, after] = [from.split('\n'), text.split('\n')];
  let start = 0;
  while (before[start] === after[start] && start < before.length) start += 1;
  let end = 1;
  while (before.at(-end) === after.at(-end) && before.length - end >= start && after.length - end >= start) end += 1;
  return [
    ...before.slice(start, before.length - end + 1).map((line) => `-${line}`),
    ...after.slice(start, after.length - end + 1).map((line) => `+${line}`),
  ];
}

describe('a mutation', () => {
  const original = originalOf('a', TEXT);
  const mutants = mutantsOf(original, ['member count is unequal'], '1');
  const mutant = (what: string): Mutant => {
    const found = mutants.find((one) => one.what.startsWith(what));
    if (!found) throw new Error(`no "${what}" among ${mutants.map((one) => one.what).join('; ')}`);
    return found;
  };

  it.each([
    ['step 3 (kill) is dropped', ['-  - kill: [etcd-1, etcd-2]', '-    when: {etcd: ">=3.5"}']],
    ['step 3 (kill) leaves etcd-2', ['-  - kill: [etcd-1, etcd-2]', '+  - kill: [etcd-1]']],
    [
      'step 2 (put): the value is "mutant"',
      ['-  - put: {key: foo, value: bar}', '+  - put: {key: foo, value: "mutant"}'],
    ],
    ['step 6 (get): the value has', ['-  - get: {key: foo, value: bar}', '+  - get: {key: foo, value: "bar."}']],
    ['step 6 (get): absent: true', ['-  - get: {key: foo, value: bar}', '+  - get: {key: foo, absent: true}']],
    ['step 5 (start) has to fail with "e"', ['-    expectError: cluster ID mismatch', '+    expectError: "e"']],
    [
      'step 5 (start) has to fail with "member count is unequal"',
      ['-    expectError: cluster ID mismatch', '+    expectError: "member count is unequal"'],
    ],
    ['step 7 (expect): etcd-1 do not serve', ['-      healthy: all', '+      unhealthy: [etcd-1]']],
    ['step 7 (expect): members without', ['-      members: [etcd-1, etcd-2]', '+      members: [etcd-1]']],
    [
      'step 7 (expect): members with ',
      ['-      members: [etcd-1, etcd-2]', '+      members: [etcd-1, etcd-2, etcd-3]'],
    ],
    ['step 7 (expect): the last digit', ['-      clusterId: 1052f362c31a5266', '+      clusterId: 1052f362c31a5261']],
    ['step 7 (expect): the version', ['-      version: {cluster: 3.5}', '+      version: {cluster: 3.6}']],
  ])('%s', (what, expected) => {
    expect(changes(mutant(what), original.text)).toEqual(expected);
  });

  it('leaves alone what is skipped on the version', () => {
    expect(mutants.filter(({ what }) => what.startsWith('step 4 '))).toEqual([]);
  });

  it('drops the cause of an error that it loosens', () => {
    const { text } = mutant('step 5 (start) has to fail with "raft", and step 3');
    expect(text).not.toContain('kill');
    expect(text).toContain('expectError: "raft"');
  });
});

describe('a verdict on mutants', () => {
  const one = (what: string): Mutant => ({ scenario: 'a', operator: 'step dropped', what, text: what });
  const [red, green, known, flaky] = [one('red'), one('green'), one('known'), one('flaky')];
  const all = [red, green, known, flaky];
  const outcomes = (...found: Outcome[]): Map<Mutant, Outcome> =>
    new Map(all.map((mutant, i) => [mutant, found[i] ?? 'red']));
  const explained = readExplained('a: {known: nothing differs, flaky: {because: a race, sometimes: true}}');

  it('names those that stay green without a reason', () => {
    const judged = judge(outcomes('red', 'green', 'green', 'green'), all, explained);
    expect(judged.unexplained.map(keyOf)).toEqual(['a: green']);
    expect(judged.explained.map(keyOf)).toEqual(['a: known', 'a: flaky']);
    expect([judged.stale, judged.without]).toEqual([[], []]);
  });

  it('names reasons of those that are red, unless they are red at times', () => {
    expect(judge(outcomes(), all, explained).stale).toEqual(['a: known']);
  });

  it('names reasons of those that do not exist, of the scenarios that were mutated', () => {
    const others = readExplained('{a: {gone: x}, b: {elsewhere: x}}');
    expect(judge(outcomes(), all, others).stale).toEqual(['a: gone']);
  });

  it('takes no verdict for neither', () => {
    const judged = judge(outcomes('no verdict', 'red', 'green', 'red'), all, explained);
    expect(judged.without.map(keyOf)).toEqual(['a: red']);
  });

  it.each(['a: {b: }', 'a: {b: {because: x}}', 'a: {b: {sometimes: true}}', 'a: {b: [x]}'])('refuses %s', (text) => {
    expect(() => readExplained(text)).toThrow('"b" needs a reason');
  });
});
