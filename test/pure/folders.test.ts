import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDeadFolders, makeFolder, refreshFolders, removeDeadFolders } from '../../src/cluster/docker/folders';
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
    expect(await removeDeadFolders()).toContain(gone);
    expect([alive, gone, elsewhere].map((folder) => existsSync(folder))).toEqual([true, false, true]);
  });

  it('is removed where its owner can not be seen and has been silent for long', async () => {
    const ages = { fresh: 0, silent: 11 * 60_000 };
    const elsewhere = { ...own, [LABEL.boot]: 'another' };
    const [fresh, silent, old] = [await folderOf(elsewhere), await folderOf(elsewhere), await folderOf(elsewhere)];
    writeFileSync(
      join(old, 'owner.json'),
      JSON.stringify(Object.fromEntries(Object.entries(elsewhere).filter(([name]) => name !== LABEL.lease))),
    );
    for (const folder of [silent, old]) {
      const then = new Date(Date.now() - ages.silent);
      utimesSync(join(folder, 'owner.json'), then, then);
    }
    const dead = await findDeadFolders();
    expect([fresh, silent, old].map((folder) => dead.includes(folder))).toEqual([false, true, false]);
    // A living run refreshes its folders.
    refreshFolders();
    expect(await findDeadFolders()).not.toContain(silent);
  });

  it('is removed where its run was killed before it said whose it is, and has been empty for a while', async () => {
    const strange = (prefix = 'etcd-scenarios-'): string => {
      const folder = mkdtempSync(join(tmpdir(), prefix));
      made.push(folder);
      return folder;
    };
    const [fresh, old, full, other] = [strange(), strange(), strange(), strange('etcd-scenarios-test-')];
    writeFileSync(join(full, 'file'), '');
    const longAgo = new Date(Date.now() - 3600_000);
    for (const folder of [old, full, other]) utimesSync(folder, longAgo, longAgo);
    expect(await findDeadFolders()).toContain(old);
    expect(await removeDeadFolders()).toContain(old);
    expect([fresh, old, full, other].map((folder) => existsSync(folder))).toEqual([true, false, true, true]);
  });
});
