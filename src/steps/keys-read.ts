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

/** How many keys one answer has at most: of the largest values that etcd takes by default, some 400 MiB. */
const PAGE = 250;

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
  do {
    const page = await client.range({ key, prefix, revision, serializable, limit: PAGE, after }, call());
    revision ??= page.revision;
    yield { revision: page.revision, kvs: page.kvs.filter((one) => isWanted(one, wanted)) };
    after = page.kvs.length < PAGE ? undefined : page.kvs.at(-1)?.key;
  } while (after !== undefined);
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
