/** What the command line can't mean is told before an engine is looked for: here is none. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const MAIN = path.resolve(__dirname, '../../dist/cli/main.js');

const drill = (name: string, more: string): string =>
  `name: ${name}\nmembers: 1\n${more}steps:\n  - start: all\n  - expect: {healthy: all}\n`;

(existsSync(MAIN) ? describe : describe.skip)('without an engine', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'refusals-'));
    mkdirSync(path.join(folder, 'scenarios'));
    const write = (file: string, text: string): void => writeFileSync(path.join(folder, 'scenarios', file), text);
    write('a.yaml', drill('a', 'tags: [slow, recovery]\nvars: {from: 3.5.35}\netcd: "${vars.from}"\n'));
    write('b.yaml', drill('b', 'tags: [slow]\n'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function answer(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    return spawnSync(process.execPath, [MAIN, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        ...process.env,
        DOCKER_HOST: `unix://${folder}/no.sock`,
        ETCD_SCENARIOS_CACHE: path.join(folder, 'cache'),
      },
    });
  }

  const ENDS = ['--good', '3.5.16', '--bad', '3.5.35'];
  const WAY = 'scenarios/a.yaml';

  it.each<[string[], string]>([
    [['run', 'c.yaml'], 'there is no file or folder c.yaml'],
    [['run'], 'nothing was selected: 2 drills, and all are tagged slow: name a file or a folder, or --tag slow'],
    [
      ['run', '--tag', 'recovry'],
      "nothing was selected: of 2 drills none fits --tag 'recovry'; their tags are recovery, slow",
    ],
    [
      ['plan', '--tag', 'slow', '--grep', 'x'],
      "nothing is selected: of 2 drills none fits --tag 'slow' and --grep 'x'; their tags are recovery, slow",
    ],
    [
      ['run', 'scenarios', '--var', 'form=3.6.16'],
      '--var form: no scenario that was read has a variable of this name; did you mean from?',
    ],
    [['run', 'scenarios', '--var-file', 'no.yaml'], "can't read no.yaml"],
    [['bisect', 'c.yaml', ...ENDS], 'there is no file or folder c.yaml'],
    [['bisect', 'scenarios', ...ENDS], 'bisect is of one drill, and there are 2: scenarios/a.yaml, scenarios/b.yaml'],
    [
      ['bisect', WAY, ...ENDS, '--over', 'form'],
      '--over form: the drill has no variable of this name; did you mean from?',
    ],
    [['bisect', WAY, ...ENDS, '--etcd', '3.5.35'], '--etcd goes with --over'],
    [['bisect', WAY, ...ENDS, '--var-file', 'no.yaml'], "can't read no.yaml"],
    [['runbook', 'scenarios'], 'a runbook is of one drill, and scenarios has 2'],
    [['runbook', WAY, '--out', 'scenarios'], "can't write"],
    [['images', '3.5.35,3.x'], '"3.x" is not an etcd version'],
    [['clean', '--run', 'x', '--older-than', '1h'], '--older-than and --run exclude each other'],
  ])('%j is refused', (args, message) => {
    const { status, stdout, stderr } = answer(...args);
    expect(stderr).toContain(`etcd-scenarios: ${message}`);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it('list says what there is where nothing fits', () => {
    const { status, stdout, stderr } = answer('list', '--json', '--grep', 'x');
    expect(JSON.parse(stdout)).toEqual([]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "of 2 drills none fits --grep 'x'\n" });
  });

  it('a damaged report of the last run stops no plan', () => {
    mkdirSync(path.join(folder, 'reports'), { recursive: true });
    writeFileSync(path.join(folder, 'reports', 'summary.json'), '{"cases": [');
    const { status, stdout, stderr } = answer('plan', 'scenarios/b.yaml');
    expect(stdout).toContain('how long it takes is not known');
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining("can't read ") as unknown });
  });

  it('values of a file count in list and plan as in a run; a line of versions is resolved', () => {
    writeFileSync(path.join(folder, 'flags.yaml'), 'from: 3.6.16\n');
    const [row] = JSON.parse(answer('list', WAY, '--json', '--var-file', 'flags.yaml').stdout) as { etcd: string[] }[];
    expect(row?.etcd).toEqual(['3.6.16']);
    const answerOfGo = [{ version: '3.3.25', what: 'packages' }];
    mkdirSync(path.join(folder, 'cache'));
    const kept = path.join(folder, 'cache', 'versions-buildable.json');
    writeFileSync(kept, JSON.stringify({ at: Date.now(), answer: answerOfGo }));
    const planned = (...args: string[]): unknown =>
      (JSON.parse(answer('plan', '--json', ...args).stdout) as { id: string }[]).map(({ id }) => id);
    expect(planned(WAY, '--var-file', 'flags.yaml')).toEqual(['scenarios/a.yaml@3.6.16']);
    expect(planned('scenarios/b.yaml', '--etcd', '3.3')).toEqual(['scenarios/b.yaml@3.3.25']);
  });
});
