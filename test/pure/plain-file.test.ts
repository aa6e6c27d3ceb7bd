import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolders, systemTrouble } from '../../src/plain-file';

describe('makeFolders', () => {
  const root = mkdtempSync(join(tmpdir(), 'plain-file-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  /** Why a folder can't be made, in words; undefined if it was made. */
  function troubleOf(folder: string): string | undefined {
    try {
      makeFolders(folder);
      return undefined;
    } catch (thrown) {
      return systemTrouble(thrown);
    }
  }

  it('makes a folder and those above it, and says which was the first', () => {
    expect(makeFolders(join(root, 'a', 'b', 'c'))).toBe(join(root, 'a'));
    expect(existsSync(join(root, 'a', 'b', 'c'))).toBe(true);
    expect(makeFolders(join(root, 'a', 'b', 'd'))).toBe(join(root, 'a', 'b', 'd'));
    expect(makeFolders(join(root, 'a'))).toBeUndefined();
  });

  it('refuses a place below a file, and a file', () => {
    writeFileSync(join(root, 'file'), '');
    expect(troubleOf(join(root, 'file', 'x'))).toBe('a part of the path is not a folder (ENOTDIR)');
    expect(troubleOf(join(root, 'file'))).toBe('a file of this name exists (EEXIST)');
  });

  // With `recursive` mkdirSync never returns from these.
  (process.platform === 'linux' ? it : it.skip).each(['/proc/etcd-scenarios/x', '/proc/1/x/y', '/proc/self/fd/x'])(
    'ends at %s, where no folder can be made',
    (folder) => {
      expect(troubleOf(folder)).toBe('no such file or folder (ENOENT)');
    },
  );
});
