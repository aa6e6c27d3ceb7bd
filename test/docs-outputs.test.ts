/** What docs/authoring.md shows of `validate` is what `validate` says: UPDATE_GOLDEN=1 writes it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '..');
const MAIN = path.join(ROOT, 'dist/cli/main.js');
const PAGE = path.join(ROOT, 'docs/authoring.md');
const DRILL = 'scenarios/lost-disk.yaml';

/** A command in a block of its own, and what the page shows of its output. */
const BLOCK = /(?<=^```console\n\$ npx etcd-scenarios (validate .*)\n)[^]*?(?=^```$)/gm;

(existsSync(MAIN) ? describe : describe.skip)('docs/authoring.md', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'outputs-'));
    mkdirSync(path.join(folder, 'scenarios'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function outputOf(command: string, drill: string): string {
    writeFileSync(path.join(folder, DRILL), drill);
    const { stdout, stderr } = spawnSync(process.execPath, [MAIN, ...command.split(' ')], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout + stderr;
  }

  it('shows what is really said: the misspelt action as text, JSON and annotations, and what is wrong after it', () => {
    const page = readFileSync(PAGE, 'utf8');
    const [, drill = ''] = /^\$ cat scenarios\/lost-disk\.yaml\n([^]*?)^```$/m.exec(page) ?? [];
    expect(drill).toContain('- strat: etcd-2');
    const mended = drill.replace('strat', 'start');
    const commands: string[] = [];
    const actual = page.replace(BLOCK, (_, command: string) => {
      commands.push(command);
      const isSecond = commands.filter((one) => one === command).length === 2;
      return outputOf(command, isSecond ? mended : drill);
    });
    const plain = `validate ${DRILL}`;
    expect(commands).toEqual([plain, plain, `${plain} --format json`, `${plain} --format github`]);
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(PAGE, actual);
    else expect(page).toBe(actual);
  });
});
