import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectSnapshot } from '../../src/cluster/snapshot-file';
import { databaseOf, snapshotOf } from '../snapshot-fixture';

const folder = mkdtempSync(join(tmpdir(), 'etcd-scenarios-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function damageOf(bytes: Buffer, checkHash = true): Promise<string | undefined> {
  const path = join(folder, 'a.db');
  writeFileSync(path, bytes);
  return (await inspectSnapshot(path, { checkHash })).damage;
}

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe('a snapshot file', () => {
  const sound = snapshotOf(5);

  it('is sound, and its size is that of the database', async () => {
    const path = join(folder, 'sound.db');
    writeFileSync(path, sound);
    expect(await inspectSnapshot(path, { checkHash: true })).toEqual({
      databaseBytes: 5 * 4096,
      hasHash: true,
      damage: undefined,
    });
  });

  it('that was copied from a disk has no hash', async () => {
    const path = join(folder, 'plain.db');
    writeFileSync(path, databaseOf(5));
    expect(await inspectSnapshot(path, { checkHash: true })).toMatchObject({ hasHash: false, damage: undefined });
  });

  it.each<[string, Buffer, RegExp]>([
    ['empty', Buffer.alloc(0), /it is empty/],
    ['of text', Buffer.from('name: a drill\n'.repeat(1000)), /is no snapshot of etcd/],
    ['of other bytes as long as a snapshot', Buffer.alloc(8192 + 32), /is no snapshot of etcd/],
    ['compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), /compressed with gzip: unpack it/],
    ['cut off in a page', sound.subarray(0, 9000), /cut off: it has 9000 bytes, .* promises at least 20480/],
    ['cut off between two pages', sound.subarray(0, 8192), /cut off: it has 8192 bytes/],
    ['cut off so that its end looks like a hash', sound.subarray(0, 8192 + 32), /cut off: it has 8224 bytes/],
    ['cut off in its hash', sound.subarray(0, sound.length - 7), /cut off/],
    ['with a bit turned in its data', changed(sound, 3 * 4096), /SHA-256 at its end does not fit/],
    ['with a bit turned in its hash', changed(sound, sound.length - 1), /SHA-256 at its end does not fit/],
    ['with a bit turned in its first page', changed(sound, 20), /SHA-256 at its end does not fit/],
  ])('%s is told', async (_, bytes, expected) => {
    expect(await damageOf(bytes)).toMatch(expected);
  });

  it('is not read to its end where nobody asks for the hash', async () => {
    expect(await damageOf(changed(sound, 3 * 4096), false)).toBeUndefined();
  });

  it('has the size that the newer of its first two pages says', async () => {
    const grown = databaseOf(3, { newer: 5 });
    expect(await damageOf(grown)).toMatch(/promises at least 20480/);
  });

  it('has the hash that etcd appends', () => {
    expect(sound.subarray(-32)).toEqual(createHash('sha256').update(sound.subarray(0, -32)).digest());
  });
});
