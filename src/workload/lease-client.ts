/**
 * A client that holds a key by a lease: grants it, keeps it alive for a few rounds, and lets it go. Meanwhile the key
 * must be there, and once the lease was revoked it must be gone. A lease that is not renewed may expire: etcd promises
 * that it lives at least its TTL from the last renewal on (a new leader grants it the whole TTL again), so a key that is
 * gone is wrong only where less than that has passed since the last acknowledged renewal was sent.
 */
import type { Call, EtcdClient } from '../cluster/client';

export interface LeaseWatch {
  nowMs(): number;
  call(): Call;
  /** Waits; rejects when the workload is over. */
  pause(ms: number): Promise<void>;
  /** A key that is gone or there against what its lease says. */
  wrong(told: string, revision: string): void;
}

/** What a client asks for, in seconds; etcd may grant more, and says so. */
const TTL_SECONDS = 5;
const ROUNDS = 3;

/** One life of a lease. `asked` is whoever's turn it is: each call may go to another member. Throws EtcdSaid. */
export async function holdLease(
  key: string,
  value: Buffer,
  asked: () => Promise<EtcdClient>,
  watch: LeaseWatch,
): Promise<void> {
  let renewedMs = watch.nowMs();
  const { id, ttlSeconds } = await (await asked()).leaseGrant(TTL_SECONDS, watch.call());
  await (await asked()).put({ key, value, lease: id }, watch.call());
  const ttlMs = Number(ttlSeconds) * 1000;
  for (let round = 0; round < ROUNDS; round++) {
    await watch.pause(ttlMs / 5);
    await mustBeThere(key, await asked(), renewedMs + ttlMs, watch);
    const sentMs = watch.nowMs();
    const renewed = await (await asked()).leaseKeepAliveOnce(id, watch.call());
    // An answer without time left says that there is no such lease any more: it had not been renewed in time.
    if (Number(renewed.ttlSeconds) <= 0) return;
    renewedMs = sentMs;
  }
  await mustBeThere(key, await asked(), renewedMs + ttlMs, watch);
  await (await asked()).leaseRevoke(id, watch.call());
  const { kvs, revision } = await (await asked()).range({ key }, watch.call());
  if (kvs.length > 0) watch.wrong('it is still there, although its lease was revoked', revision);
}

async function mustBeThere(key: string, client: EtcdClient, untilMs: number, watch: LeaseWatch): Promise<void> {
  const { kvs, revision } = await client.range({ key }, watch.call());
  const leftMs = untilMs - watch.nowMs();
  if (kvs.length === 0 && leftMs > 0) {
    watch.wrong(`it is gone, although its lease had ${Math.round(leftMs)} ms to live at least`, revision);
  }
}
