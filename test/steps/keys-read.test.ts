/** Reading a keyspace page by page, and finding out what of it is not what it was: on an etcd in memory. */
import type { EtcdClient, KeyValue, RangeRequest } from '../../src/cluster/client';
import { keysLostSince, readKeys, type KeysWanted } from '../../src/steps/keys-read';

type Store = readonly KeyValue[];

function kv(key: string, modRevision: number, more: Partial<KeyValue> = {}): KeyValue {
  const at = String(modRevision);
  const empty = { createRevision: at, modRevision: at, version: '1', lease: '0' };
  return { key: Buffer.from(key), value: Buffer.from(`value of ${key}`), ...empty, ...more };
}

/** Answers ranges of what it holds at a revision; the newest is the highest one. */
function clientOf(stores: Readonly<Record<string, Store>>): { client: EtcdClient; asked: RangeRequest[] } {
  const asked: RangeRequest[] = [];
  const newest = Object.keys(stores).at(-1) ?? '';
  const range = (request: RangeRequest): Promise<unknown> => {
    asked.push(request);
    const { after, limit = Infinity, revision = newest } = request;
    const rest = (stores[revision] ?? []).filter(({ key }) => !after || key.compare(after) > 0);
    return Promise.resolve({ revision: newest, count: String(rest.length), kvs: rest.slice(0, limit) });
  };
  return { client: { range } as unknown as EtcdClient, asked };
}

const EVERY: KeysWanted = { key: '', prefix: true, serializable: false };
const call = (): { timeoutMs: number } => ({ timeoutMs: 1000 });
const SIX_HUNDRED = Array.from({ length: 600 }, (_, i) => kv(`k${String(i).padStart(3, '0')}`, i + 2));

it('reads every page at the revision of the first', async () => {
  const { client, asked } = clientOf({ 700: SIX_HUNDRED });
  const read = await readKeys(client, EVERY, call);
  expect(read).toMatchObject({ count: '600', revision: '700', first: SIX_HUNDRED[0] });
  expect(asked.map(({ after, revision, limit }) => [after?.toString(), revision, limit])).toEqual([
    [undefined, undefined, 20],
    ['k019', '700', 2000],
  ]);
});

it('asks for less at once where values are large', async () => {
  const large = SIX_HUNDRED.slice(0, 25).map((one) => ({ ...one, value: Buffer.alloc(1024 ** 2) }));
  const { client, asked } = clientOf({ 700: large });
  expect((await readKeys(client, EVERY, call)).count).toBe('25');
  expect(asked.map(({ limit }) => limit)).toEqual([20, 3, 3]);
});

const OTHERS: Record<string, Store> = {
  'a value': SIX_HUNDRED.with(7, kv('k007', 9, { value: Buffer.from('another') })),
  'a revision': SIX_HUNDRED.with(7, kv('k007', 9, { createRevision: '8' })),
  'a lease': SIX_HUNDRED.with(7, kv('k007', 9, { lease: '7f' })),
  'a key that is gone': SIX_HUNDRED.toSpliced(7, 1),
  'one more': [...SIX_HUNDRED, kv('l', 700)],
};

it.each(Object.entries(OTHERS))('%s makes another hash', async (_, store) => {
  const before = await readKeys(clientOf({ 700: SIX_HUNDRED }).client, EVERY, call);
  const again = await readKeys(clientOf({ 701: SIX_HUNDRED }).client, EVERY, call);
  const after = await readKeys(clientOf({ 701: store }).client, EVERY, call);
  expect(again.hash).toBe(before.hash);
  expect(after.hash).not.toBe(before.hash);
});

it('counts keys of one lease, and those that were written up to a revision', async () => {
  const { client } = clientOf({ 9: [kv('a', 2), kv('b', 3, { lease: '7f' }), kv('c', 9)] });
  const countOf = async (more: Partial<KeysWanted>): Promise<string> =>
    (await readKeys(client, { ...EVERY, ...more }, call)).count;
  expect(await countOf({})).toBe('3');
  expect(await countOf({ lease: '0' })).toBe('2');
  expect(await countOf({ lease: '7f' })).toBe('1');
  expect(await countOf({ maxModRevision: '3' })).toBe('2');
  expect(await countOf({ maxModRevision: '3', lease: '0' })).toBe('1');
});

it('names the keys that are gone or were written since, and no others', async () => {
  const before = [kv('gone', 2), kv('same', 3), kv('written', 4), kv('on a lease', 5, { lease: '7f' })];
  const { client } = clientOf({ 5: before, 9: [kv('new', 8), kv('same', 3), kv('written', 9)] });
  const wanted = { ...EVERY, lease: '0', maxModRevision: '5' };
  expect(await keysLostSince('5', { client, wanted, call })).toEqual(['gone', 'written']);
});
