import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolder, removeDeadFolders } from '../../src/cluster/docker/folders';
import { LABEL, ownerLabels } from '../../src/cluster/docker/labels';

const linux = process.platform === 'linux' ? describe : describe.skip;

linux('the folder of a scenario', () => {
  const own = ownerLabels('run', 'case');
  /** Of a process that is gone: its pid has another start time now. */
  const dead = { ...own, [LABEL.started]: '1' };
  const made: string[] = [];
  const folderOf = async (labels: Record<string, string>): Promise<string> => {
    const folder = await makeFolder(labels);
    made.push(folder);
    writeFileSync(join(folder, 'backup.db'), 'secret');
    return folder;
  };

  afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  it('is for its owner alone', async () => {
    const folder = await folderOf(own);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder).sort()).toEqual(['backup.db', 'owner.json']);
    expect(statSync(join(folder, 'owner.json')).mode & 0o777).toBe(0o600);
  });

  it('is removed where its run is dead, with all that is in it, and nobody else’s is', async () => {
    const [alive, gone, elsewhere] = [
      await folderOf(own),
      await folderOf(dead),
      await folderOf({ ...dead, [LABEL.boot]: 'another' }),
    ];
    const strange = mkdtempSync(join(tmpdir(), 'etcd-scenarios-'));
    made.push(strange);
    expect(await removeDeadFolders()).toContain(gone);
    expect([alive, gone, elsewhere, strange].map((folder) => existsSync(folder))).toEqual([true, false, true, true]);
  });
});
