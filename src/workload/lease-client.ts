/**
 * A client that holds a key by a lease: grants it, keeps it alive for a few rounds, and lets it go. Meanwhile the key
 * must be there, and once the lease was revoked it must be gone. A lease that is not renewed may expire: etcd promises
 * that it lives at least its TTL from the last renewal on (a new leader grants it the whole TTL again), so a key that is
 * gone is wrong only where less than that has passed since the last acknowledged renewal was sent.
 */
import type { Call, EtcdClient } from '../cluster/client';

/** What it asks for, as `workload.ndjson` says it. */
export type LeaseRequest = 'lease-grant' | 'lease-put' | 'lease-read' | 'lease-keepalive' | 'lease-revoke';

export interface LeaseAnswer {
  revision: string;
}

export interface LeaseClient {
  nowMs(): number;
  /** Sends a request to whoever's turn it is, and writes down what came of it. Throws EtcdSaid. */
  ask<Answer extends LeaseAnswer>(
    what: LeaseRequest,
    send: (client: EtcdClient, call: Call, operation: number) => Promise<Answer>,
  ): Promise<Answer & { operation: number }>;
  /** Waits; rejects when the workload is over. */
  pause(ms: number): Promise<void>;
  /** A key that is gone or there against what its lease says, as an operation has seen it. */
  wrong(told: string, seen: LeaseAnswer & { operation: number }): void;
}

/** What a client asks for, in seconds; etcd may grant more, and says so. */
const TTL_SECONDS = 5;
const ROUNDS = 3;

/** One life of a lease; each request may go to another member. Throws EtcdSaid. */
export async function holdLease(key: string, value: (operation: number) => Buffer, of: LeaseClient): Promise<void> {
  let renewedMs = of.nowMs();
  const { id, ttlSeconds } = await of.ask('lease-grant', (client, call) => client.leaseGrant(TTL_SECONDS, call));
  await of.ask('lease-put', (client, call, operation) => client.put({ key, value: value(operation), lease: id }, call));
  const ttlMs = Number(ttlSeconds) * 1000;
  for (let round = 0; round < ROUNDS; round++) {
    await of.pause(ttlMs / 5);
    await mustBeThere(key, renewedMs + ttlMs, of);
    const sentMs = of.nowMs();
    const renewed = await of.ask('lease-keepalive', (client, call) => client.leaseKeepAliveOnce(id, call));
    // An answer without time left says that there is no such lease any more: it had not been renewed in time.
    if (Number(renewed.ttlSeconds) <= 0) return;
    renewedMs = sentMs;
  }
  await mustBeThere(key, renewedMs + ttlMs, of);
  await of.ask('lease-revoke', (client, call) => client.leaseRevoke(id, call));
  const seen = await of.ask('lease-read', (client, call) => client.range({ key }, call));
  if (seen.kvs.length > 0) of.wrong('it is still there, although its lease was revoked', seen);
}

async function mustBeThere(key: string, untilMs: number, of: LeaseClient): Promise<void> {
  const seen = await of.ask('lease-read', (client, call) => client.range({ key }, call));
  const leftMs = untilMs - of.nowMs();
  if (seen.kvs.length === 0 && leftMs > 0) {
    of.wrong(`it is gone, although its lease had ${Math.round(leftMs)} ms to live at least`, seen);
  }
}
