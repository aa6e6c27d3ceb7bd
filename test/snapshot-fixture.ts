/** Files that begin like a bbolt database of etcd's, for what only looks at their shape. */
import { createHash } from 'node:crypto';

const PAGE = 4096;

/** A database of so many pages; the second meta page may be of a newer transaction that needs more. */
export function databaseOf(pages: number, { newer = pages }: { newer?: number } = {}): Buffer {
  const file = Buffer.alloc(pages * PAGE);
  writeMeta(file, 0, pages, 7n);
  writeMeta(file, PAGE, newer, newer === pages ? 6n : 8n);
  return file;
}

/** The same with the SHA-256 that `etcdctl snapshot save` adds. */
export function snapshotOf(pages: number): Buffer {
  const database = databaseOf(pages);
  return Buffer.concat([database, createHash('sha256').update(database).digest()]);
}

/** bbolt's meta: magic, version, page size, flags, root, freelist, pages in use, transaction, checksum. */
function writeMeta(file: Buffer, page: number, pages: number, transaction: bigint): void {
  const at = page + 16;
  file.writeUInt32LE(0xed0cdaed, at);
  file.writeUInt32LE(2, at + 4);
  file.writeUInt32LE(PAGE, at + 8);
  file.writeBigUInt64LE(BigInt(pages), at + 40);
  file.writeBigUInt64LE(transaction, at + 48);
  let hash = 0xcbf29ce484222325n;
  for (const byte of file.subarray(at, at + 56)) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & (2n ** 64n - 1n);
  file.writeBigUInt64LE(hash, at + 56);
}
