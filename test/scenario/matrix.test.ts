/** `matrix`: what a file with named lists becomes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { command as list } from '../../src/cli/commands/list';
import type { Io } from '../../src/cli/io';
import { load as loadFiles } from '../../src/library/load';
import { planCases, type PlannedCase } from '../../src/run/plan';
import { caseId } from '../../src/run/case-id';
import { SourceFile } from '../../src/source';
import { boundStep, load } from './fixture';

const TWO_BY_TWO =
  'name: Upgrade\nmembers: 3\nmatrix: {to: [3.5.35, 3.6.16], size: [1, "2"]}\netcd: ${matrix.to}\n' +
  'tags: ["to-${matrix.to}"]\nflags: {snapshot-count: "${matrix.size}"}\n' +
  'steps:\n  - start: all\n  - put: {key: "k-${matrix.size}", value: "${matrix.to} $${matrix.to}"}\n';

const casesOf = (text: string, file = 'drills/a.yaml'): PlannedCase[] => {
  const { scenarios, problems } = load(text, {}, file);
  expect(problems).toEqual([]);
  const options = { etcd: undefined, defaultEtcd: ['3.5.35'], repeat: 1 };
  return planCases(scenarios, options).cases;
};

describe('a drill with a matrix', () => {
  it('is a case for each combination, in order, each with its values everywhere', () => {
    const cases = casesOf(TWO_BY_TWO);
    expect(cases.map(({ ref }) => ref.id)).toEqual([
      'drills/a.yaml[to=3.5.35,size=1]@3.5.35',
      'drills/a.yaml[to=3.5.35,size=2]@3.5.35',
      'drills/a.yaml[to=3.6.16,size=1]@3.6.16',
      'drills/a.yaml[to=3.6.16,size=2]@3.6.16',
    ]);
    expect(cases[3]?.ref).toMatchObject({
      name: 'Upgrade (to=3.6.16, size=2)',
      matrix: { to: '3.6.16', size: '2' },
      tags: ['to-3.6.16'],
      etcd: '3.6.16',
    });
    expect(cases[3]?.scenario.flags).toEqual({ 'snapshot-count': '2' });
    expect(boundStep(cases[3]?.scenario.steps[1])).toBe('put k-2 = "3.6.16 ${matrix.to}"');
  });

  it('keeps the type of a value: one in quotes is no number', () => {
    const text = (times: string): string =>
      `name: x\nmembers: 1\nmatrix: {n: [1, ${times}]}\nsteps: [repeat: {times: "\${matrix.n}", steps: [note: x]}]\n`;
    expect(load(text('2')).problems).toEqual([]);
    expect(load(text('"2"')).problems.map(({ message }) => message)).toEqual([
      '`times` takes a whole number from 1 on, not "2"',
    ]);
  });

  it('adds to its name what the author did not say', () => {
    const named = (name: string): string | undefined =>
      casesOf(`name: ${name}\nmembers: 1\nmatrix: {from: [a], to: [b]}\nsteps: [note: x]\n`)[0]?.ref.name;
    expect(named('Up')).toBe('Up (from=a, to=b)');
    expect(named('From ${matrix.from}')).toBe('From a (to=b)');
    expect(named('${matrix.from} to ${ matrix.to }')).toBe('a to b');
  });

  it('takes variables among its values, and tells when two become one', () => {
    const text = 'name: x\nmembers: 1\nvars: {last: c}\nmatrix: {a: [b, "${vars.last}"]}\nsteps: [note: x]\n';
    expect(load(text).scenarios.map(({ matrix }) => matrix)).toEqual([{ a: 'b' }, { a: 'c' }]);
    expect(load(text, { last: 'b' }).problems.map(({ message }) => message)).toEqual(['`a` has "b" twice']);
  });

  it.each(['__proto__', 'constructor', 'toString'])('may have a list that is called %s', (name) => {
    const [first] = casesOf(`name: x\nmembers: 1\nmatrix: {${name}: [a]}\nsteps: [note: "\${matrix.${name}}"]\n`);
    expect(first?.ref.id).toBe(`drills/a.yaml[${name}=a]@3.5.35`);
    expect(JSON.stringify(first?.ref.matrix)).toBe(`{"${name}":"a"}`);
  });

  it('tells a mistake once, however many combinations have it', () => {
    const { problems } = load(TWO_BY_TWO.replace('start: all', 'kil: etcd-1'));
    expect(problems.map(({ message }) => message)).toEqual(['there is no action `kil`']);
  });

  it('with a million combinations is refused at once', () => {
    const lists = Array.from({ length: 400 }, (_, i) => `  l${i}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]\n`).join('');
    const { problems } = load(`name: x\nmembers: 1\nmatrix:\n${lists}steps: [note: x]\n`);
    expect(problems.map(({ message }) => message)).toEqual([
      '`matrix` makes more than 1000000 combinations; at most 200 are run',
    ]);
  });
});

describe('the id of a combination', () => {
  const idOf = (...values: string[]): string => {
    const matrix = Object.fromEntries(values.map((value, i) => [`n${i}`, value]));
    return caseId({ source: new SourceFile('a.yaml', ''), matrix }, '3.5.35', 1);
  };

  it('differs wherever a value differs', () => {
    const long = 'x'.repeat(200);
    const values = [
      ['a,n1=b', 'c'],
      ['a', 'b,c'],
      ['a]@3.4.23', ''],
      ['a b', ''],
      ['a%20b', ''],
      ['ä', ''],
      ['\n', ''],
      ['\ud800', ''],
      [long, ''],
      [`${long}y`, ''],
      [`${'x'.repeat(40)}~`, ''],
    ];
    const ids = values.map((one) => idOf(...one));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^a\.yaml\[n0=[\w.:/+%~-]*,n1=[\w.:/+%~-]*\]@3\.5\.35$/);
  });
});

describe('on the command line', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'matrix-'));
    writeFileSync(path.join(folder, 'a.yaml'), TWO_BY_TWO);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('--grep and --tag see the combination', () => {
    const namesFor = (choice: object): string[] =>
      loadFiles({ paths: ['a.yaml'], cwd: folder, ...choice }).scenarios.map(({ name }) => name);
    expect(namesFor({ grep: 'TO=3.6.16, size=1' })).toEqual(['Upgrade (to=3.6.16, size=1)']);
    expect(namesFor({ tag: 'to-3.5.35' })).toHaveLength(2);
  });

  it('list shows each', async () => {
    let out = '';
    const io = { cwd: folder, out: { write: (text: string) => void (out += text) } } as unknown as Io;
    await list(['a.yaml'], io);
    expect(out).toContain('Upgrade (to=3.5.35, size=2)\n    a.yaml:1');
    out = '';
    await list(['a.yaml', '--json'], io);
    expect(JSON.parse(out)).toHaveLength(4);
    expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ matrix: { to: '3.6.16', size: '1' } }));
  });
});
