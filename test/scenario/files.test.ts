/** From what was typed to drills: files, folders, and every problem of all of them at once. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
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
    expect(found('scenarios/b.yaml:2', './scenarios/a/y.yaml:1:5')).toEqual(['scenarios/b.yaml', 'scenarios/a/y.yaml']);
    expect(found(path.join(root, 'scenarios/b.yaml'))).toEqual(['scenarios/b.yaml']);
  });

  it.each(['scenarios/b.yaml:99', 'scenarios/b.yaml:5', 'scenarios/b.yaml:0', 'scenarios/b.yaml:99:1'])(
    'name a line that the file has: %s is refused',
    (typed) => {
      const message = `${typed} names no line of the file: scenarios/b.yaml has 4 lines`;
      expect(() => found(typed)).toThrow(new UsageError(message));
    },
  );

  it('name each file once', () => {
    expect(found('scenarios/b.yaml', 'scenarios', 'scenarios/b.yaml:2')).toHaveLength(3);
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

/** The problems of these files, each with its place; empty if there are none. */
function problemsOf(...paths: string[]): string[] {
  try {
    load({ paths, cwd: root });
  } catch (thrown) {
    if (!(thrown instanceof ScenarioError)) throw thrown;
    return thrown.problems.map(({ place, message }) => `${formatPlace(place)}: ${message}`);
  }
  return [];
}

/** Root may read everything: the work is done as another user. */
function asPlainUser<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work();
  chmodSync(root, 0o755);
  process.seteuid?.(65534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

const unix = process.platform === 'win32' ? describe.skip : describe;

unix('what can not be read', () => {
  afterEach(() => chmodSync(path.join(root, 'scenarios/a'), 0o755));

  it.each(['scenarios', 'scenarios/**/*.yaml', '.'])('a folder below %s is a problem of that folder', (typed) => {
    chmodSync(path.join(root, 'scenarios/a'), 0);
    write('scenarios/b.yaml', 'name: x\n');
    expect(asPlainUser(() => problemsOf(typed))).toEqual(
      expect.arrayContaining([
        "scenarios/a:1:1: can't read scenarios/a: permission denied (EACCES)",
        'scenarios/b.yaml:1:1: a scenario lacks `members` and `steps`',
      ]),
    );
  });

  it('a folder that is typed itself, and a file in it, are problems as well', () => {
    chmodSync(path.join(root, 'scenarios/a'), 0);
    for (const typed of ['scenarios/a', 'scenarios/a/y.yaml', 'scenarios/a/y.yaml:3']) {
      const name = typed.replace(/:3$/, '');
      expect(asPlainUser(() => problemsOf(typed))).toEqual([
        `${name}:1:1: can't read ${name}: permission denied (EACCES)`,
      ]);
    }
  });

  it('scenarios/ without a path is not passed over for the drills that ship', () => {
    chmodSync(path.join(root, 'scenarios'), 0o755);
    chmodSync(path.join(root, 'scenarios/a'), 0);
    rmSync(path.join(root, 'scenarios/b.yaml'));
    expect(asPlainUser(() => problemsOf())).toEqual([
      "scenarios/a:1:1: can't read scenarios/a: permission denied (EACCES)",
    ]);
  });

  it('a file is a problem of that file, and the others are read', () => {
    chmodSync(path.join(root, 'scenarios/b.yaml'), 0);
    write('scenarios/a/y.yaml', 'name: x\n');
    expect(asPlainUser(() => problemsOf('scenarios'))).toEqual([
      'scenarios/a/y.yaml:1:1: a scenario lacks `members` and `steps`',
      "scenarios/b.yaml:1:1: can't read scenarios/b.yaml: permission denied (EACCES)",
    ]);
  });

  it.each(['scenarios', 'scenarios/a/fifo.yaml', 'scenarios/a/*.yaml'])(
    'a FIFO is refused, never read: %s',
    (typed) => {
      execFileSync('mkfifo', [path.join(root, 'scenarios/a/fifo.yaml')]);
      expect(problemsOf(typed)).toEqual([
        "scenarios/a/fifo.yaml:1:1: can't read scenarios/a/fifo.yaml: it is a FIFO (named pipe), not a plain file",
      ]);
    },
  );

  it('a socket, and a link to a device, are refused', async () => {
    symlinkSync('/dev/zero', path.join(root, 'scenarios/a/device.yaml'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path.join(root, 'scenarios/a/socket.yaml'), resolve));
    try {
      expect(problemsOf('scenarios')).toEqual([
        "scenarios/a/device.yaml:1:1: can't read scenarios/a/device.yaml: it is a device, not a plain file",
        "scenarios/a/socket.yaml:1:1: can't read scenarios/a/socket.yaml: it is a socket, not a plain file",
      ]);
    } finally {
      server.close();
    }
  });

  it('a link to nothing and links in a circle are problems', () => {
    symlinkSync('nowhere', path.join(root, 'scenarios/a/gone.yaml'));
    symlinkSync('circle.yaml', path.join(root, 'scenarios/a/circle.yaml'));
    expect(problemsOf('scenarios')).toEqual([
      expect.stringMatching(/^scenarios\/a\/circle\.yaml:1:1: .*its symbolic links form a circle \(ELOOP\)$/),
      expect.stringMatching(/^scenarios\/a\/gone\.yaml:1:1: .*no such file or folder \(ENOENT\)$/),
    ]);
  });

  it('a file of variables that is a FIFO is refused; one that the shell hands over is read', () => {
    const fifo = path.join(root, 'vars.yaml');
    execFileSync('mkfifo', [fifo]);
    expect(() => load({ paths: ['scenarios'], cwd: root, variableFiles: [fifo] })).toThrow('it is a FIFO');
    const script = `
      const { load } = require(${JSON.stringify(path.resolve('dist/library/load.js'))});
      load({ paths: ['scenarios'], cwd: ${JSON.stringify(root)}, variableFiles: ['/dev/stdin'] });`;
    execFileSync('sh', ['-c', 'echo "x: y" | "$0" -e "$1"', process.execPath, script]);
  });
});

describe('loading', () => {
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

  it('takes scenarios/ of the folder, and refuses to guess where there is none', () => {
    expect(load({ cwd: root })).toMatchObject({ files: 3, remarks: [] });
    const empty = path.join(root, 'empty');
    expect(() => load({ cwd: empty })).toThrow(`run: no PATH is given, and there is no scenarios/ folder in ${empty}`);
    expect(load({ cwd: empty, shipped: true }).scenarios.length).toBeGreaterThanOrEqual(14);
  });
});
