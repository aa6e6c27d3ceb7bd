/** From what was typed to drills: files, folders, and every problem of all of them at once. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ScenarioError, UsageError } from '../../src/errors';
import { load } from '../../src/library/load';
import { findFiles, hasScenarios } from '../../src/scenario/find';
import { formatPlace } from '../../src/source';

const GOOD = 'name: Good\nmembers: 1\nvars: {x: y}\nsteps: [start: all, get: "${vars.x}"]\n';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'files-'));
  for (const [name, text] of Object.entries({
    'scenarios/b.yaml': GOOD,
    'scenarios/a/z.yml': GOOD,
    'scenarios/a/y.yaml': GOOD,
    'scenarios/a/notes.txt': 'no drill',
    'scenarios/.hidden/x.yaml': GOOD,
    'scenarios/node_modules/p/x.yaml': GOOD,
    'empty/readme.md': '',
    'odd:3/a.yaml:12': GOOD,
    '..dots.yaml': GOOD,
  })) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, text: string): void => writeFileSync(path.join(root, name), text);
const found = (...paths: string[]): string[] =>
  findFiles(paths, root).map(({ shownAs, idPath }) => (shownAs === idPath ? shownAs : `${shownAs} (${idPath})`));

describe('paths', () => {
  it('are files, folders in order, and FILE:LINE as pasted from a report', () => {
    expect(found('scenarios')).toEqual(['scenarios/a/y.yaml', 'scenarios/a/z.yml', 'scenarios/b.yaml']);
    expect(found('scenarios/b.yaml:12', './scenarios/a/y.yaml:3:5')).toEqual([
      'scenarios/b.yaml',
      'scenarios/a/y.yaml',
    ]);
    expect(found(path.join(root, 'scenarios/b.yaml'))).toEqual(['scenarios/b.yaml']);
  });

  it('name each file once', () => {
    expect(found('scenarios/b.yaml', 'scenarios', 'scenarios/b.yaml:3')).toHaveLength(3);
  });

  it('may be patterns, which leave node_modules and hidden folders alone', () => {
    expect(found('scenarios/**/*.{yaml,yml}')).toEqual(['scenarios/a/y.yaml', 'scenarios/a/z.yml', 'scenarios/b.yaml']);
    expect(found('*/?.yaml')).toEqual(['scenarios/b.yaml']);
  });

  it('may be odd', () => {
    expect(found('odd:3/a.yaml:12', '..dots.yaml')).toEqual(['odd:3/a.yaml:12', '..dots.yaml']);
  });

  it('outside of the root have an id that is the same on every machine', () => {
    const inner = path.join(root, 'empty');
    const outside = findFiles([path.join(root, 'scenarios')], inner);
    expect(outside.map(({ idPath }) => idPath)).toEqual([
      'scenarios/a/y.yaml',
      'scenarios/a/z.yml',
      'scenarios/b.yaml',
    ]);
    expect(outside[2]?.shownAs).toBe('../scenarios/b.yaml');
  });

  it('do not follow links in a circle', () => {
    symlinkSync('..', path.join(root, 'scenarios/a/loop'));
    expect(found('scenarios')).toHaveLength(3);
  });

  it.each([
    ['missing.yaml', 'there is no file or folder missing.yaml'],
    ['scenarios/b.yaml:x', 'there is no file or folder scenarios/b.yaml:x'],
    ['scenarios/*/none*.yaml', 'no file fits scenarios/*/none*.yaml'],
    ['empty', 'empty has no scenarios (*.yaml, *.yml) in it'],
  ])('that are wrong are told: %s', async (typed, message) => {
    expect(() => findFiles([typed], root)).toThrow(UsageError);
    expect(() => findFiles([typed], root)).toThrow(message);
  });

  it('tell whether there is a drill in a folder', () => {
    const answers = ['scenarios', 'empty', 'missing', 'scenarios/b.yaml'].map((name) =>
      hasScenarios(path.join(root, name)),
    );
    expect(answers).toEqual([true, false, false, false]);
  });
});

describe('loading', () => {
  const problemsOf = (...paths: string[]): string[] => {
    try {
      load({ paths, cwd: root });
    } catch (thrown) {
      if (!(thrown instanceof ScenarioError)) throw thrown;
      return thrown.problems.map(({ place, message }) => `${formatPlace(place)}: ${message}`);
    }
    return [];
  };

  it('tells every problem of every file at once, file by file, in order', () => {
    write('scenarios/a/y.yaml', 'name: x\nmembers: 1\nsteps:\n  - kil: etcd-1\n  - kill: etcd-2\ntgas: []\n');
    write('scenarios/a/z.yml', 'name: [\n');
    write('scenarios/b.yaml', 'name: x\nmembers: 1\nsteps: []\n');
    expect(problemsOf('scenarios')).toEqual([
      'scenarios/a/y.yaml:4:5: there is no action `kil`',
      'scenarios/a/y.yaml:5:11: "etcd-2" is no member of this scenario',
      'scenarios/a/y.yaml:6:1: a scenario has no `tgas`',
      expect.stringMatching(/^scenarios\/a\/z\.yml:\d+:\d+: this is not YAML: /),
      'scenarios/b.yaml:3:8: `steps` takes a list of steps, not an empty list',
    ]);
  });

  it('goes on after a file that is no text', () => {
    writeFileSync(path.join(root, 'scenarios/a/y.yaml'), Buffer.from([0xff]));
    write('scenarios/b.yaml', 'name: x\n');
    expect(problemsOf('scenarios')).toEqual([
      'scenarios/a/y.yaml:1:1: the file is not UTF-8',
      'scenarios/b.yaml:1:1: a scenario lacks `members` and `steps`',
    ]);
  });

  it('takes variables that a drill declares, and refuses others by name', () => {
    const { scenarios } = load({ paths: ['scenarios'], cwd: root, variables: { x: 'new' } });
    expect(scenarios).toHaveLength(3);
    expect(() => load({ paths: ['scenarios'], cwd: root, variables: { xx: 'new' } })).toThrow(
      '--var xx: no scenario that was read has a variable of this name; did you mean x?',
    );
  });

  it('takes scenarios/ of the folder, else the drills that ship, and says so', () => {
    expect(load({ cwd: root })).toMatchObject({ files: 3, remarks: [] });
    const { scenarios, remarks } = load({ cwd: path.join(root, 'empty') });
    expect(scenarios.length).toBeGreaterThanOrEqual(14);
    expect(remarks).toEqual([expect.stringContaining('these are the drills that ship')]);
  });
});
