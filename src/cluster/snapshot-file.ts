/**
 * Whether a file is a snapshot of etcd's: a bbolt database, and after it the SHA-256 that `etcdctl snapshot save` adds.
 * The file is only read.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

export interface SnapshotFile {
  /** Of the database, without the hash after it. */
  databaseBytes: number;
  /** False for a database file copied from a disk: it has no hash, and `skipHashCheck` is needed. */
  hasHash: boolean;
  /** What is wrong with it; undefined where nothing is. */
  damage: string | undefined;
}

const HASH_BYTES = 32;
/** A snapshot is whole pages and a hash: etcdutl tells it from a copied database by this very remainder. */
const SECTOR_BYTES = 512;

/** Looks at all of a file. Rejects with the system's error where it can't be read. */
export async function inspectSnapshot(path: string, options: { checkHash: boolean }): Promise<SnapshotFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(Math.min(size, 2 * LARGEST_PAGE));
    await file.read(head, 0, head.length, 0);
    const hasHash = size % SECTOR_BYTES === HASH_BYTES;
    const databaseBytes = hasHash ? size - HASH_BYTES : size;
    const damage = damageOf(head, size, databaseBytes);
    if (damage !== undefined || !hasHash || !options.checkHash) return { databaseBytes, hasHash, damage };
    const expected = Buffer.alloc(HASH_BYTES);
    await file.read(expected, 0, HASH_BYTES, databaseBytes);
    const actual = await sha256Of(path, databaseBytes);
    return { databaseBytes, hasHash, damage: actual.equals(expected) ? undefined : DIFFERENT_HASH };
  } finally {
    await file.close();
  }
}

const DIFFERENT_HASH = 'it is damaged: the SHA-256 at its end does not fit what stands before it';

async function sha256Of(path: string, bytes: number): Promise<Buffer> {
  const hash = createHash('sha256');
  // 1 MiB at a time: a snapshot has gigabytes.
  const stream = createReadStream(path, { start: 0, end: bytes - 1, highWaterMark: 1024 * 1024 });
  for await (const part of stream) hash.update(part as Buffer);
  return hash.digest();
}

function damageOf(head: Buffer, size: number, databaseBytes: number): string | undefined {
  if (size === 0) return 'it is empty';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'it is compressed with gzip: unpack it first';
  const meta = newestMeta(head);
  if (!meta) return 'it is no snapshot of etcd: it does not begin like a bbolt database';
  const wanted = meta.pages * meta.pageSize;
  const isCutOff = BigInt(databaseBytes) < wanted || databaseBytes % SECTOR_BYTES !== 0;
  return isCutOff ? `it is cut off: it has ${size} bytes, and its first page promises at least ${wanted}` : undefined;
}

interface Meta {
  pageSize: bigint;
  /** How many pages the database has in use; the file has at least as many. */
  pages: bigint;
  transaction: bigint;
}

const LARGEST_PAGE = 64 * 1024;
const PAGE_HEADER = 16;
const MAGIC = 0xed0cdaed;
const VERSION = 2;

/** The two first pages say how large the database is; the newer one counts (bbolt's db.go and page.go). */
function newestMeta(head: Buffer): Meta | undefined {
  const first = metaAt(head, 0);
  // Where the first one is torn its page size is not known: the usual ones are tried.
  const sizes = first ? [Number(first.pageSize)] : [4096, 8192, 16384, LARGEST_PAGE];
  const second = sizes.map((size) => metaAt(head, size)).find((meta) => meta !== undefined);
  if (!first || !second) return first ?? second;
  return second.transaction > first.transaction ? second : first;
}

function metaAt(head: Buffer, page: number): Meta | undefined {
  const at = page + PAGE_HEADER;
  if (at + 64 > head.length) return undefined;
  if (head.readUInt32LE(at) !== MAGIC || head.readUInt32LE(at + 4) !== VERSION) return undefined;
  if (head.readBigUInt64LE(at + 56) !== fnv64a(head.subarray(at, at + 56))) return undefined;
  return {
    pageSize: BigInt(head.readUInt32LE(at + 8)),
    pages: head.readBigUInt64LE(at + 40),
    transaction: head.readBigUInt64LE(at + 48),
  };
}

/** The checksum that bbolt keeps of a meta page. */
function fnv64a(bytes: Buffer): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash;
}
