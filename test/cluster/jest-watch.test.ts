/** Drills in jest's watch mode, at a terminal: run again when a drill has changed, and nothing left behind. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ETCD, labelled, refuseStaleBuild, until, write } from './helpers';
import { GOOD, installPackage, JEST, LONG, project } from './jest-project';

jest.setTimeout(180_000);

beforeAll(() => {
  refuseStaleBuild();
  installPackage();
});

const CALL = `drills('drills', { etcd: ['${ETCD}'], pull: 'never' });`;
const FAILING = `${GOOD.trimEnd()}\n- get: {key: foo, value: other}\n`;

/** jest at a terminal that `script` makes, in a process group of its own; its keys are typed, and its screen is read. */
class Watching {
  private screen = '';
  private readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  /** `--watch` takes what git has not committed: here all of it. */
  constructor(root: string, mode: '--watch' | '--watchAll' = '--watchAll') {
    if (mode === '--watch') execFileSync('git', ['init', '--quiet'], { cwd: root });
    const command = [process.execPath, JEST, '--rootDir', root, mode].join(' ');
    this.child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, CI: '' },
      detached: true,
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.screen += text));
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  press(key: string): void {
    this.child.stdin?.write(key);
  }

  /** Waits until the text comes up, and forgets all that came before. */
  async sees(text: string): Promise<string> {
    return until(`"${text}" on the screen:\n${this.screen}`, () => {
      const at = this.screen.indexOf(text);
      if (at === -1) return undefined;
      const seen = this.screen.slice(0, at);
      this.screen = this.screen.slice(at + text.length);
      return seen;
    });
  }

  /** Whatever a test that failed has left. */
  end(): void {
    if (this.child.exitCode === null && this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGKILL');
  }
}

test.each(['--watchAll', '--watch'] as const)(
  '%s runs a drill that changes again, by itself or with Enter, and q quits',
  async (mode) => {
    const drill = `watched${mode}-${process.pid}`;
    const root = project(`watched${mode}`, {
      drills: { [drill]: GOOD },
      tests: { drills: CALL },
      jest: { moduleFileExtensions: ['js', 'json', 'yaml'] },
    });
    const label = `etcd-scenarios.case=drills/${drill}.yaml@${ETCD}`;
    const watching = new Watching(root, mode);
    try {
      expect(await watching.sees('Ran all test suites')).toContain('2 passed, 2 total');
      await watching.sees('Watch Usage');
      write(join(root, 'drills', `${drill}.yaml`), FAILING);
      expect(await watching.sees('Ran all test suites')).toContain('1 failed, 1 passed, 2 total');
      await watching.sees('Watch Usage');
      watching.press('\r');
      expect(await watching.sees('Ran all test suites')).toContain('1 failed, 1 passed, 2 total');
      await watching.sees('Watch Usage');
      watching.press('q');
      await watching.ended;
      expect(await labelled(label)).toEqual([]);
    } finally {
      watching.end();
    }
  },
);

test('Ctrl-C in the middle of a drill removes all', async () => {
  const drill = `interrupted-${process.pid}`;
  const root = project('interrupted', { drills: { [drill]: LONG }, tests: { drills: CALL } });
  const label = `etcd-scenarios.case=drills/${drill}.yaml@${ETCD}`;
  const watching = new Watching(root);
  try {
    await until('the member to be there', async () =>
      (await labelled(label)).some((one) => one.startsWith('container')),
    );
    watching.press('\u0003');
    await watching.ended;
    await until('everything to be removed', async () => (await labelled(label)).length === 0);
  } finally {
    watching.end();
  }
});
