/** Every rule of sense: a file that it finds something in (`rules/RULE/bad.yaml`), and a close neighbour that it does not. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { formatProblems } from '../../src/problems';
import { planCases } from '../../src/run/plan';
import { RULES, SILENCEABLE } from '../../src/rules';
import { allProblemsIn, expectGolden, filesIn, scenarioOf, shippedAs } from './fixture';

const ROOT = path.resolve(__dirname, '../..');
const NAMES = [...SILENCEABLE];
const FILES = new Map(filesIn('rules'));
const VERSIONS = ['3.3.25', '3.4.23', '3.5.35', '3.6.16', '3.7.3'];

describe('the rule', () => {
  it.each(NAMES)('%s finds what it is for, and nothing else is found', (name) => {
    const text = FILES.get(`${name}/bad`) ?? '';
    const problems = allProblemsIn(text, `${name}/bad.yaml`);
    expect([...new Set(problems.map(({ rule }) => rule))]).toEqual([name]);
    expect(problems.map(({ severity }) => severity)).toEqual(problems.map(() => RULES.get(name)?.severity));
    expectGolden(`rules/${name}/bad.err`, formatProblems(problems));
  });

  it.each(NAMES)('%s leaves its neighbour alone, and so does every other', (name) => {
    const text = FILES.get(`${name}/good`) ?? '';
    expect(formatProblems(allProblemsIn(text, `${name}/good.yaml`))).toBe(formatProblems([]));
  });

  it.each(NAMES.filter((name) => name !== 'unknown-rule' && name !== 'silences-nothing'))(
    '%s is silenced by a comment, in the line and above it',
    (name) => {
      const text = FILES.get(`${name}/bad`) ?? '';
      const file = `${name}/bad.yaml`;
      const lines = allProblemsIn(text, file).map(({ place }) => place.line);
      const inLine = text
        .split('\n')
        .map((line, i) => (lines.includes(i + 1) ? `${line} ${comment('line', name)}` : line));
      const above = text
        .split('\n')
        .flatMap((line, i) => (lines.includes(i + 1) ? [comment('next-line', name), line] : [line]));
      expect(formatProblems(allProblemsIn(inLine.join('\n'), file))).toBe(formatProblems([]));
      expect(formatProblems(allProblemsIn(above.join('\n'), file))).toBe(formatProblems([]));
    },
  );

  it('has no files that belong to none', () => {
    const expected = NAMES.flatMap((name) => [`${name}/bad`, `${name}/good`]).sort();
    expect([...FILES.keys()].sort()).toEqual(expected);
  });
});

function comment(where: 'line' | 'next-line', rule: string): string {
  return `# etcd-scenarios-disable-${where} ${rule}`;
}

describe('a drill that ships', () => {
  const shipped = filesIn('../../scenarios');

  it.each(shipped)('%s has nothing that a rule finds, on any version', (name, text) => {
    const { problems } = planCases([scenarioOf(text, {}, shippedAs(name))], {
      etcd: VERSIONS,
      defaultEtcd: VERSIONS,
      repeat: 1,
    });
    expect(formatProblems(problems)).toBe(formatProblems([]));
  });
});

describe('the names of rules', () => {
  it('in the sources are in the table', () => {
    const source = (name: string): string => readFileSync(path.join(ROOT, 'src', name), 'utf8');
    const used = ['scenario/load-step.ts', 'scenario/parse.ts', 'scenario/arguments.ts', 'run/plan.ts']
      .flatMap((name) => [...source(name).matchAll(/, '([a-z]+(?:-[a-z]+)*)', (?:`|'|message)/g)])
      .map(([, name]) => name);
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((name) => !RULES.has(name ?? ''))).toEqual([]);
  });
});
