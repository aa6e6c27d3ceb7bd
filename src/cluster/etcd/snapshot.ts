/** A member's snapshot stream as a file: what `etcdctl snapshot save` writes, its trailing SHA-256 included. */
import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';

const HASH_BYTES = 32;

/** A stream of gRPC's. */
export interface SnapshotStream extends AsyncIterable<unknown> {
  cancel(): void;
  on(event: 'error', listener: () => void): unknown;
}

/**
 * etcd sends the database, then the SHA-256 of it (etcdserver/api/v3rpc/maintenance.go). Nothing is asked for before the
 * file is open, and nothing goes on once it is closed: a member holds its database's pages for whoever reads them.
 */
export async function saveSnapshot(ask: () => SnapshotStream, toFile: string): Promise<{ bytes: number }> {
  const file = await open(toFile, 'wx', 0o600);
  let stream: SnapshotStream | undefined;
  const hash = createHash('sha256');
  let bytes = 0;
  let held = Buffer.alloc(0);
  try {
    stream = ask();
    // What comes of cancelling it is nobody's concern.
    stream.on('error', () => undefined);
    for await (const part of stream) {
      const { blob } = part as { blob: Buffer };
      await file.write(blob);
      bytes += blob.length;
      held = Buffer.concat([held, blob]);
      hash.update(held.subarray(0, Math.max(0, held.length - HASH_BYTES)));
      held = held.subarray(Math.max(0, held.length - HASH_BYTES));
    }
    if (bytes <= HASH_BYTES || !hash.digest().equals(held)) {
      throw new Error(`the snapshot stream is damaged: ${bytes} bytes whose SHA-256 does not fit`);
    }
    return { bytes };
  } catch (thrown) {
    await rm(toFile, { force: true });
    throw thrown;
  } finally {
    stream?.cancel();
    await file.close();
  }
}
