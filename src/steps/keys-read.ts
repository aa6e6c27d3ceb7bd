/** A range as one read has it, page by page: a whole keyspace fits into no single answer. */
import { createHash, type Hash } from 'node:crypto';
import type { Call, EtcdClient, KeyValue } from '../cluster/client';
import { EtcdSaid } from '../errors';

/** Which keys are read, and which of them count. */
export interface KeysWanted {
  key: string;
  prefix?: boolean;
  /** The state at this revision; left out: the newest. */
  revision?: string;
  serializable: boolean;
  /** Only keys that were last written at this revision or before. */
  maxModRevision?: string;
  /** Only keys on this lease; `0`: those on none. */
  lease?: string;
}

/** What was found: how many keys, the first of them, and what all of them are in one hash. */
export interface KeysRead {
  count: string;
  /** The revision of the store when it was read. */
  revision: string;
  first: KeyValue | undefined;
  /** SHA-256 of each key with its value, revisions, version and lease. */
  hash: string;
}

/** How many keys the first answer has at most: of the largest values that etcd takes by default, some 30 MiB. */
const FIRST_PAGE = 20;
const LONGEST_PAGE = 2000;
/** What an answer should have, by the keys of the one before it. */
const PAGE_BYTES = 4 * 1024 ** 2;

export async function readKeys(client: EtcdClient, wanted: KeysWanted, call: () => Call): Promise<KeysRead> {
  const hash = createHash('sha256');
  let count = 0;
  let first: KeyValue | undefined;
  let revision = '';
  for await (const page of pagesOf(client, wanted, call)) {
    revision ||= page.revision;
    first ??= page.kvs[0];
    count += page.kvs.length;
    for (const one of page.kvs) addTo(hash, one);
  }
  return { count: String(count), revision, first, hash: hash.digest('hex') };
}

/** The keys of an earlier revision that are gone, or were written since; undefined where that is compacted. */
export async function keysLostSince(
  revision: string,
  { client, wanted, call }: { client: EtcdClient; wanted: KeysWanted; call: () => Call },
): Promise<string[] | undefined> {
  const before = new Map<string, string>();
  try {
    for await (const { kvs } of pagesOf(client, { ...wanted, revision }, call)) {
      for (const { key, modRevision } of kvs) before.set(key.toString(), modRevision);
    }
  } catch (thrown) {
    if (thrown instanceof EtcdSaid) return undefined;
    throw thrown;
  }
  for await (const { kvs } of pagesOf(client, wanted, call)) {
    for (const { key, modRevision } of kvs)
      if (before.get(key.toString()) === modRevision) before.delete(key.toString());
  }
  return [...before.keys()];
}

/** Every page, at the revision of the first one: of its keys those that count. */
async function* pagesOf(
  client: EtcdClient,
  wanted: KeysWanted,
  call: () => Call,
): AsyncGenerator<{ revision: string; kvs: KeyValue[] }> {
  const { key, prefix, serializable } = wanted;
  let { revision } = wanted;
  let after: Buffer | undefined;
  let limit = FIRST_PAGE;
  do {
    const page = await client.range({ key, prefix, revision, serializable, limit, after }, call());
    revision ??= page.revision;
    yield { revision: page.revision, kvs: page.kvs.filter((one) => isWanted(one, wanted)) };
    after = page.kvs.length < limit ? undefined : page.kvs.at(-1)?.key;
    limit = limitAfter(page.kvs);
  } while (after !== undefined);
}

/** So many keys as make an answer neither long nor one of many, if the next ones are like these. */
function limitAfter(kvs: readonly KeyValue[]): number {
  const bytes = kvs.reduce((sum, { key, value }) => sum + key.length + value.length, 1);
  return Math.min(LONGEST_PAGE, Math.max(1, Math.floor((PAGE_BYTES * kvs.length) / bytes)));
}

function isWanted({ modRevision, lease: on }: KeyValue, { maxModRevision, lease }: KeysWanted): boolean {
  return (maxModRevision === undefined || BigInt(modRevision) <= BigInt(maxModRevision)) && (lease ?? on) === on;
}

/** Each part with its length before it: no two keys and values have the same bytes in a row. */
function addTo(hash: Hash, { key, value, createRevision, modRevision, version, lease }: KeyValue): void {
  for (const part of [key, value, createRevision, modRevision, version, lease]) {
    const bytes = Buffer.from(part);
    hash.update(`${bytes.length} `).update(bytes);
  }
}
