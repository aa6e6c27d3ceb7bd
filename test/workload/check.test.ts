/** Histories written by hand, each with what is wrong with it and nothing else. */
import { CLEAN } from './clean';
import { check, type Checked, type ReadBack } from '../../src/workload/check';
import { History, NOTHING, type Sight } from '../../src/workload/history';
import { STRANGER } from '../../src/workload/naming';

/** What a key held: by which operation, at which revision, as its how manieth version. */
type Seen = [operation: number, revision: number, version: number] | undefined;

const sight = (seen: Seen): Sight => (seen ? { operation: seen[0], revision: seen[1], version: seen[2] } : NOTHING);

/** Operations in the order in which they began; each answers its number. */
class Script {
  readonly history = new History();
  private atMs = 0;

  put(key: number, revision: number, saw: Seen, member = 'etcd-1'): number {
    const row = this.begin('put', [key], member);
    this.history.acknowledge(row, revision, [sight(saw)]);
    return row;
  }

  txn(keys: [number, number], revision: number, saw: [Seen, Seen]): number {
    const row = this.begin('txn', keys);
    this.history.acknowledge(row, revision, saw.map(sight));
    return row;
  }

  unknown(...keys: number[]): number {
    return this.begin(keys.length > 1 ? 'txn' : 'put', keys);
  }

  failed(key: number): number {
    const row = this.begin('put', [key]);
    this.history.fail(row);
    return row;
  }

  read(key: number, saw: Seen, floor?: number): number {
    const row = this.history.begin('read', [key], { member: 'etcd-3', atMs: this.atMs++, floor });
    this.history.acknowledge(row, 100, [sight(saw)]);
    return row;
  }

  /** `past`: what a look back finds right before a revision, `key@revision`. */
  async check(ends: Record<string, Seen[]>, past: Record<string, Seen> = {}): Promise<Checked> {
    const members = Object.entries(ends).map(([member, seen]): ReadBack => ({
      member,
      sights: seen.map(sight),
      lookBack: async (key, revision) => {
        const name = `${key}@${revision}`;
        return name in past ? sight(past[name]) : undefined;
      },
    }));
    return check(this.history, members, (key) => `key ${key}`);
  }

  private begin(kind: 'put' | 'txn', keys: number[], member = 'etcd-1'): number {
    return this.history.begin(kind, keys, { member, atMs: this.atMs++ });
  }
}

describe('nothing is wrong', () => {
  test('where each write finds the one before, and the last is there on every member', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.put(1, 3, undefined);
    script.put(0, 4, [0, 2, 1]);
    const end: Seen[] = [
      [2, 4, 2],
      [1, 3, 1],
    ];
    expect((await script.check({ 'etcd-1': end, 'etcd-2': end })).verdicts).toEqual(CLEAN);
  });

  test('where an unknown write was applied, and found by the next', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.unknown(0);
    script.put(0, 4, [1, 3, 2]);
    expect((await script.check({ 'etcd-1': [[2, 4, 3]] })).verdicts).toEqual(CLEAN);
  });

  test('where an unknown write was not applied', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.unknown(0);
    script.put(0, 3, [0, 2, 1]);
    expect((await script.check({ 'etcd-1': [[2, 3, 2]] })).verdicts).toEqual(CLEAN);
  });

  test('where an unknown write is applied after a later acknowledged one', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    const late = script.unknown(0);
    script.put(0, 3, [0, 2, 1]);
    script.put(0, 5, [late, 4, 3]);
    expect((await script.check({ 'etcd-1': [[3, 5, 4]] })).verdicts).toEqual(CLEAN);
  });

  test('where an unknown write is absent on one member and there on the next: it came meanwhile', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    const late = script.unknown(0);
    const checked = await script.check({ 'etcd-1': [[0, 2, 1]], 'etcd-2': [[late, 3, 2]] });
    expect(checked.verdicts).toEqual(CLEAN);
  });

  test('where several unknown ones came in between, and the history shows the acknowledged one below them', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.unknown(0);
    script.unknown(0);
    script.put(0, 5, [2, 4, 3]);
    const past: Record<string, Seen> = { '0@4': [1, 3, 2], '0@3': [0, 2, 1] };
    expect((await script.check({ 'etcd-1': [[3, 5, 4]] }, past)).verdicts).toEqual(CLEAN);
  });

  test('where an unknown transaction was applied as a whole, or not at all', async () => {
    const applied = new Script();
    applied.put(0, 2, undefined);
    applied.unknown(0, 1);
    expect(
      (
        await applied.check({
          'etcd-1': [
            [1, 3, 2],
            [1, 3, 1],
          ],
        })
      ).verdicts,
    ).toEqual(CLEAN);
    expect((await applied.check({ 'etcd-1': [[0, 2, 1], undefined] })).verdicts).toEqual(CLEAN);
  });

  test('where a read sees an unknown write at a higher revision, whatever its value', async () => {
    const script = new Script();
    const late = script.unknown(0);
    const first = script.put(0, 2, undefined);
    script.read(0, [late, 3, 2], first);
    expect((await script.check({ 'etcd-1': [[late, 3, 2]] })).verdicts).toEqual(CLEAN);
  });
});

describe('a lost write', () => {
  test('is found by the next write of its key, and named', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    const lost = script.put(0, 3, [0, 2, 1], 'etcd-2');
    script.put(0, 3, [0, 2, 1]);
    const { verdicts, findings } = await script.check({ 'etcd-1': [[2, 3, 2]] });
    expect(verdicts).toEqual({ ...CLEAN, lostWrites: 1 });
    expect(findings).toEqual([
      {
        kind: 'lost',
        operation: lost,
        key: 'key 0',
        revision: '3',
        member: 'etcd-2',
        atMs: 1,
        told: 'it was acknowledged, and operation 2 found operation 0 at version 1',
      },
    ]);
  });

  test('is found on the one member that lacks it', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.put(0, 3, [0, 2, 1]);
    const { verdicts, findings } = await script.check({ 'etcd-1': [[1, 3, 2]], 'etcd-2': [[0, 2, 1]] });
    expect(verdicts).toEqual({ ...CLEAN, lostWrites: 1 });
    expect(findings[0]).toMatchObject({ operation: 1, member: 'etcd-2' });
  });

  test('is counted once, and every one of them: a rollback takes several', async () => {
    const script = new Script();
    for (const [revision, saw] of [
      [2, undefined],
      [3, [0, 2, 1]],
      [4, [1, 3, 2]],
      [5, [2, 4, 3]],
    ] as [number, Seen][])
      script.put(0, revision, saw);
    script.put(0, 4, [1, 3, 2]);
    expect((await script.check({ a: [[4, 4, 3]], b: [[4, 4, 3]] })).verdicts).toEqual({ ...CLEAN, lostWrites: 2 });
  });

  test('is found where the key is gone', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    expect((await script.check({ 'etcd-1': [undefined] })).verdicts).toEqual({ ...CLEAN, lostWrites: 1 });
  });

  test('is found where an unknown write stands in its place', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    const late = script.unknown(0);
    script.put(0, 3, [0, 2, 1]);
    script.put(0, 4, [late, 3, 2]);
    const { verdicts, findings } = await script.check({ 'etcd-1': [[3, 4, 3]] }, { '0@3': [0, 2, 1] });
    expect(verdicts).toEqual({ ...CLEAN, lostWrites: 1 });
    expect(findings[0]).toMatchObject({ operation: 2 });
  });

  test('is found where two unknown writes fill its place and the next: versions alone would not show it', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.put(0, 3, [0, 2, 1]);
    script.unknown(0);
    script.unknown(0);
    script.put(0, 5, [3, 4, 3]);
    const past: Record<string, Seen> = { '0@4': [2, 3, 2], '0@3': [0, 2, 1] };
    const { verdicts, findings } = await script.check({ 'etcd-1': [[4, 5, 4]] }, past);
    expect(verdicts).toEqual({ ...CLEAN, lostWrites: 1 });
    expect(findings[0]).toMatchObject({ operation: 1, kind: 'lost' });
  });

  test('is told as unproven where the history does not reach back', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.unknown(0);
    script.unknown(0);
    script.put(0, 5, [2, 4, 3]);
    expect((await script.check({ 'etcd-1': [[3, 5, 4]] })).verdicts).toEqual({ ...CLEAN, unproven: 1 });
  });

  test('is no stale read besides', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    const lost = script.put(0, 3, [0, 2, 1]);
    script.read(0, [0, 2, 1], lost);
    script.put(0, 3, [0, 2, 1]);
    expect((await script.check({ 'etcd-1': [[3, 3, 2]] })).verdicts).toEqual({ ...CLEAN, lostWrites: 1 });
  });
});

describe('a phantom', () => {
  test('is a failed write that the next one finds', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    const failed = script.failed(0);
    script.put(0, 4, [failed, 3, 2]);
    const { verdicts, findings } = await script.check({ 'etcd-1': [[2, 4, 3]] });
    expect(verdicts).toEqual({ ...CLEAN, phantomWrites: 1 });
    expect(findings[0]).toMatchObject({ kind: 'phantom', operation: failed, key: 'key 0', revision: '3' });
  });

  test('is a failed write that is there at the end, or that a read saw', async () => {
    const script = new Script();
    const failed = script.failed(0);
    script.read(0, [failed, 2, 1]);
    expect((await script.check({ 'etcd-1': [[failed, 2, 1]] })).verdicts).toEqual({ ...CLEAN, phantomWrites: 1 });
    expect((await script.check({ 'etcd-1': [undefined] })).verdicts).toEqual({ ...CLEAN, phantomWrites: 1 });
  });

  test('is an acknowledged write that was applied twice', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.put(0, 4, [0, 3, 2]);
    expect((await script.check({ 'etcd-1': [[1, 4, 3]] })).verdicts).toEqual({ ...CLEAN, phantomWrites: 1 });
  });

  test('is an unknown write that was applied twice', async () => {
    const script = new Script();
    const late = script.unknown(0);
    script.put(0, 3, [late, 2, 1]);
    script.put(0, 5, [late, 4, 3]);
    expect((await script.check({ 'etcd-1': [[2, 5, 4]] })).verdicts).toEqual({ ...CLEAN, phantomWrites: 1 });
  });

  test('is a value that nobody of ours wrote', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.put(0, 4, [STRANGER, 3, 2]);
    expect((await script.check({ 'etcd-1': [[1, 4, 3]] })).verdicts).toEqual({ ...CLEAN, phantomWrites: 1 });
  });
});

test('a write that one member has at another revision has moved: the histories have parted', async () => {
  const script = new Script();
  script.put(0, 2, undefined);
  script.put(1, 3, undefined);
  const { verdicts, findings } = await script.check({
    'etcd-1': [
      [0, 2, 1],
      [1, 3, 1],
    ],
    'etcd-2': [undefined, [1, 2, 1]],
  });
  expect(verdicts).toEqual({ ...CLEAN, lostWrites: 1, movedWrites: 1 });
  expect(findings.find(({ kind }) => kind === 'moved')).toMatchObject({
    operation: 1,
    revision: '3',
    member: 'etcd-2',
  });
});

describe('a stale read', () => {
  test('is older than the write that had been acknowledged before it began', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    const second = script.put(0, 3, [0, 2, 1]);
    const stale = script.read(0, [0, 2, 1], second);
    script.read(0, [second, 3, 2], second);
    const { verdicts, findings } = await script.check({ 'etcd-1': [[1, 3, 2]] });
    expect(verdicts).toEqual({ ...CLEAN, staleReads: 1 });
    expect(findings[0]).toMatchObject({ kind: 'stale', operation: stale, member: 'etcd-3', revision: '2' });
  });

  test('may find no key at all', async () => {
    const script = new Script();
    const first = script.put(0, 2, undefined);
    script.read(0, undefined, first);
    expect((await script.check({ 'etcd-1': [[0, 2, 1]] })).verdicts).toEqual({ ...CLEAN, staleReads: 1 });
  });
});

describe('a torn transaction', () => {
  test('is an unknown one of which one key is there', async () => {
    const script = new Script();
    script.put(0, 2, undefined);
    script.put(1, 3, undefined);
    const torn = script.unknown(0, 1);
    const { verdicts, findings } = await script.check({
      'etcd-1': [
        [torn, 4, 2],
        [1, 3, 1],
      ],
    });
    expect(verdicts).toEqual({ ...CLEAN, tornTransactions: 1 });
    expect(findings[0]).toMatchObject({ kind: 'torn', operation: torn, key: 'key 1', member: 'etcd-1' });
  });

  test('is an acknowledged one of which one key was lost', async () => {
    const script = new Script();
    script.txn([0, 1], 2, [undefined, undefined]);
    expect((await script.check({ 'etcd-1': [[0, 2, 1], undefined] })).verdicts).toEqual({
      ...CLEAN,
      lostWrites: 1,
      tornTransactions: 1,
    });
  });
});
