/** `use` and `--var-file`: what other files bring into a drill. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ScenarioError } from '../../src/errors';
import { load, readDrills } from '../../src/library/load';
import { planCases } from '../../src/run/plan';
import { formatPlace } from '../../src/source';
import type { Scenario } from '../../src/scenario/scenario';
import { boundStep } from './fixture';

let root: string;
beforeEach(() => void (root = mkdtempSync(path.join(os.tmpdir(), 'use-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(files: Record<string, string | Buffer>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
}

const drillWith = (...steps: string[]): string =>
  `name: A drill\nmembers: 3\nsteps:\n${steps.map((one) => `  - ${one}\n`).join('')}`;

type Given = { variables?: Record<string, string>; variableFiles?: string[] };

const scenarioIn = (file: string, given: Given = {}): Scenario => {
  const [scenario] = load({ paths: [file], cwd: root, ...given }).scenarios;
  if (!scenario) throw new Error('nothing was loaded');
  return scenario;
};

const messagesIn = (file: string, given: Given = {}): string[] => {
  try {
    load({ paths: [file], cwd: root, ...given });
    return [];
  } catch (thrown) {
    if (!(thrown instanceof ScenarioError)) throw thrown;
    return thrown.problems.map(({ place, usedAt = [], message }) =>
      [`${formatPlace(place)} ${message}`, ...usedAt.map((one) => `used at ${formatPlace(one)}`)].join(' | '),
    );
  }
};

describe('a part', () => {
  it('has its steps below the `use`, with its own places and with values where it asks for them', () => {
    write({
      'a.yaml': drillWith('note: first', 'use: {file: parts/p.yaml, with: {key: "$${x}", n: 5}}', 'use: parts/p.yaml'),
      'parts/p.yaml':
        'vars: {key: k, n: 3}\nsteps:\n  - repeat: {times: "${vars.n}", steps: [{put: {key: "${vars.key}", value: v}}]}\n',
    });
    const { steps } = scenarioIn('a.yaml');
    expect(steps.map(({ id, nested }) => [id, nested.map((one) => one.id)])).toEqual([
      ['1', []],
      ['2', ['2.1']],
      ['3', ['3.1']],
    ]);
    const inPart = steps[1]?.nested[0];
    expect(boundStep(inPart)).toBe('5 times');
    expect(boundStep(inPart?.nested[0])).toBe('put ${x} = "v"');
    expect(inPart?.nested[0]).toMatchObject({
      id: '2.1.1',
      place: { file: 'parts/p.yaml', line: 3 },
      usedAt: [{ file: 'a.yaml', line: 5 }],
    });
    expect(boundStep(steps[2]?.nested[0])).toBe('3 times');
  });

  it('sees neither the scenario’s variables nor its matrix, unless they are handed over', () => {
    write({
      'a.yaml': `vars: {x: y}\nmatrix: {m: [1]}\n${drillWith('use: p.yaml', 'use: {file: q.yaml, with: {m: "${matrix.m}"}}')}`,
      'p.yaml': 'steps:\n  - note: ${vars.x} ${matrix.m}\n',
      'q.yaml': 'vars: {m: 0}\nsteps:\n  - note: ${vars.m}\n',
    });
    expect(messagesIn('a.yaml')).toEqual([
      'p.yaml:2:11 there is no variable `x` | used at a.yaml:6:10',
      expect.stringContaining('p.yaml:2:11 a part sees its own `vars` alone'),
    ]);
  });

  it('in a folder is no scenario, and is told where nobody uses it', () => {
    write({
      'd/a.yaml': drillWith('use: parts/p.yaml'),
      'd/parts/p.yaml': 'steps:\n  - start: all\n',
      'd/parts/lost.yaml': 'description: x\nsteps:\n  - start: all\n',
      'd/typo.yaml': 'nmae: x\nsteps:\n  - start: all\n',
    });
    const { scenarios, files, remarks, problems } = readDrills({ paths: ['d'], cwd: root });
    expect(scenarios.map(({ name }) => name)).toEqual(['A drill']);
    expect(files).toBe(2);
    expect(remarks).toEqual([expect.stringMatching(/^d\/parts\/lost\.yaml has `steps` alone/)]);
    expect(problems.map(({ place }) => place.file)).toEqual(['d/typo.yaml', 'd/typo.yaml']);
    expect(messagesIn('d/parts/p.yaml')).toEqual(['d/parts/p.yaml:1:1 a scenario lacks `name` and `members`']);
  });
});

describe('a hostile part ends soon, with a message', () => {
  it.each<[string, Record<string, string | Buffer>, RegExp]>([
    ['50 MB', { 'p.yaml': Buffer.alloc(50 * 1024 * 1024, 'a: b\n') }, /^a\.yaml:4:10 p\.yaml can't be used: .*1 MiB/],
    ['not UTF-8', { 'p.yaml': Buffer.from([0xff]) }, /p\.yaml can't be used: the file is not UTF-8/],
    ['itself', { 'p.yaml': 'steps: [use: p.yaml]\n' }, /^p\.yaml:1:14 files use .* in a circle: p\.yaml -> p\.yaml/],
    ['a list', { 'p.yaml': '- start: all\n' }, /^p\.yaml:1:1 a part is a map with `steps`, not a list/],
    ['nothing', { 'p.yaml': '' }, /^p\.yaml:1:1 the file is empty/],
    ['__proto__', { 'p.yaml': 'vars: {__proto__: x}\nsteps: [kil: "${vars.__proto__}"]\n' }, /no action `kil`/],
    [
      'parts of parts of parts',
      Object.fromEntries(
        Array.from({ length: 14 }, (_, i) => [
          i === 0 ? 'p.yaml' : `p${i}.yaml`,
          `steps:\n${`  - use: p${i + 1}.yaml\n`.repeat(10)}`,
        ]),
      ),
      /more than 20000 steps|there is no file/,
    ],
    [
      'ten to the fifth steps',
      {
        'p.yaml': `steps:\n${'  - use: q.yaml\n'.repeat(100)}`,
        'q.yaml': `steps:\n${'  - note: x\n'.repeat(1000)}`,
      },
      /the scenario has more than 20000 steps/,
    ],
    [
      'a chain of a hundred files',
      {
        ...Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`c${i}.yaml`, `steps: [use: c${i + 1}.yaml]\n`])),
        'p.yaml': 'steps: [use: c0.yaml]\n',
      },
      /16 files deep/,
    ],
  ])('%s', (_, files, message) => {
    write({ 'a.yaml': drillWith('use: p.yaml'), ...files });
    const began = performance.now();
    expect(messagesIn('a.yaml').join('\n')).toMatch(message);
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  it('a link to itself', () => {
    write({ 'a.yaml': drillWith('use: p.yaml') });
    symlinkSync('p.yaml', path.join(root, 'p.yaml'));
    expect(messagesIn('a.yaml').join()).toMatch(/^a\.yaml:4:10 can't read/);
  });
});

describe('a file of variables', () => {
  const DRILL = `vars: {n: 3, key: k, flags: {}}\nflags: \${vars.flags}\n${drillWith('start: {member: all, flags: "${vars.flags}"}', 'get: {key: "${vars.key}", count: "${vars.n}"}')}`;

  it('gives values with their types, text and maps of flags; --var goes before it, a later file before an earlier', () => {
    write({
      'a.yaml': DRILL,
      'one.yaml': 'n: 5\nkey: "from ${one}"\nflags: {snapshot-count: 007, pre-vote: null}\n',
      'two.json': '{\n\t"n": 7\n}\n',
    });
    const args = (given: Given): (string | undefined)[] => {
      const scenario = scenarioIn('a.yaml', given);
      return [boundStep(scenario.steps[1]), JSON.stringify(scenario.flags)];
    };
    expect(args({ variableFiles: ['one.yaml'] })).toEqual(['read from ${one}: 5 keys', '{"snapshot-count":"007"}']);
    expect(args({ variableFiles: ['one.yaml', 'two.json'] })[0]).toBe('read from ${one}: 7 keys');
    expect(args({ variableFiles: ['two.json'], variables: { n: '9' } })[0]).toBe('read k: 9 keys');
  });

  it('is pointed into where something in it is wrong', () => {
    write({
      'a.yaml': DRILL,
      'names.yaml': 'nn: 5\n',
      'list.yaml': 'n: [1]\n',
      'flags.yaml': 'flags: {--snapshot-count: 5, data-dir: x}\n',
      'kind.yaml': 'flags: x\nkey: {a: b}\n',
      'shape.yaml': '- a\n',
      'broken.yaml': 'a: [\n',
    });
    const told = (file: string): string[] => messagesIn('a.yaml', { variableFiles: [file] });
    expect(told('names.yaml')).toEqual(['names.yaml:1:1 no scenario that was read has a variable `nn`']);
    expect(told('list.yaml')).toEqual(['list.yaml:1:4 `n` takes a text, or a map of flags, not a list']);
    expect(told('flags.yaml')).toEqual([
      'flags.yaml:1:9 flags are written without their dashes',
      'flags.yaml:1:30 the runner sets --data-dir itself',
    ]);
    expect(told('kind.yaml')).toEqual([
      'kind.yaml:1:8 the variable `flags` is a map of flags, and is given a text',
      'kind.yaml:2:6 the variable `key` is a text, and is given a map',
    ]);
    expect(told('shape.yaml')).toEqual([
      'shape.yaml:1:1 a file of variables takes a map of names and values, not a list',
    ]);
    expect(told('broken.yaml')).toEqual([expect.stringMatching(/^broken\.yaml:2:1 this is not YAML/)]);
    expect(() => told('missing.yaml')).toThrow("can't read missing.yaml: no such file");
  });

  it('is named where a flag in it is lost by an upgrade, the drill where it is there', () => {
    const steps = 'steps: [start: all, upgrade: {member: all, to: 3.6.16}]';
    const top = 'name: a\nmembers: 3\nvars: {flags: {}}\netcd: 3.5.35';
    write({
      'given.yaml': `${top}\nflags: \${vars.flags}\n${steps}\n`,
      'own.yaml': `${top}\nflags: {enable-v2: true}\n${steps}\n`,
      'flags.yaml': 'flags:\n  enable-v2: true\n',
    });
    const lostIn = (file: string, variableFiles: string[]): string[] => {
      const { scenarios } = load({ paths: [file], cwd: root, variableFiles });
      return planCases(scenarios, { etcd: undefined, defaultEtcd: [], repeat: 1 }).problems.flatMap(
        ({ rule, message, hint = '' }) => (rule === 'lost-flags' ? [message, hint] : []),
      );
    };
    expect(lostIn('given.yaml', ['flags.yaml'])).toEqual([
      expect.stringMatching(/, set for etcd-1, etcd-2, etcd-3 at flags\.yaml:2$/),
      expect.stringMatching(/^take it out there.* or drop it here: `flags: \{enable-v2: null\}`$/),
    ]);
    expect(lostIn('own.yaml', [])[0]).toMatch(/ at own\.yaml:5$/);
  });

  it('stands for nothing but flags where it is a map', () => {
    write({ 'a.yaml': `vars: {flags: {}}\n${drillWith('put: {key: "${vars.flags}", value: "x ${vars.flags}"}')}` });
    expect(messagesIn('a.yaml')).toEqual([
      expect.stringContaining('a.yaml:5:16 `vars.flags` is a map of flags'),
      expect.stringContaining('a.yaml:5:40 `vars.flags` is a map of flags'),
    ]);
  });
});
