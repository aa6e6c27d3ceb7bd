/** An etcd of one member in memory, as far as a workload needs one, and what may go wrong between it and a client. */
import type { Call, EtcdClient, KeyValue, RangeAnswer, RangeRequest, TxnOperation } from '../../src/cluster/client';
import { EtcdSaid } from '../../src/errors';

type Put = { key: string; value: string | Buffer; prevKv?: boolean };

/** Keeps every version of every key. */
export class FakeEtcd {
  revision = 1;
  private granted = 0;
  private readonly store = new Map<string, KeyValue[]>();

  client(): EtcdClient {
    const fake = {
      range: async (request: RangeRequest) => this.range(request),
      put: async (request: Put) => {
        const [previous] = this.put([request]);
        return { revision: String(this.revision), previous };
      },
      txn: async ({ success }: { success: TxnOperation[] }) => {
        const puts = success.flatMap((operation) => ('put' in operation ? [operation.put] : []));
        const previous = this.put(puts);
        return { revision: String(this.revision), succeeded: true, previous };
      },
    };
    return { ...fake, ...this.leases() } as unknown as EtcdClient;
  }

  private leases(): object {
    return {
      leaseGrant: async () => ({ id: String(++this.granted), ttlSeconds: '1', revision: String(this.revision) }),
      leaseKeepAliveOnce: async () => ({ ttlSeconds: '1', revision: String(this.revision) }),
      // One lease a key at a time is all that a workload needs.
      leaseRevoke: async () => {
        this.forget('/lease/');
        return { revision: String(++this.revision) };
      },
    };
  }

  /** Throws keys away without a word. */
  forget(part: string): void {
    for (const key of this.store.keys()) if (key.includes(part)) this.store.delete(key);
  }

  /** Writes all at one revision; answers what was there before. */
  private put(puts: readonly Put[]): (KeyValue | undefined)[] {
    this.revision++;
    const modRevision = String(this.revision);
    return puts.map(({ key, value }) => {
      const versions = this.store.get(key) ?? [];
      const before = versions.at(-1);
      versions.push({
        key: Buffer.from(key),
        value: Buffer.from(value),
        createRevision: before?.createRevision ?? modRevision,
        modRevision,
        version: String(Number(before?.version ?? 0) + 1),
        lease: '0',
      });
      this.store.set(key, versions);
      return before;
    });
  }

  private range({ key, prefix = false, revision }: RangeRequest): RangeAnswer {
    const at = revision === undefined ? Infinity : Number(revision);
    const kvs = [...this.store].flatMap(([name, versions]) => {
      if (prefix ? !name.startsWith(key) : name !== key) return [];
      const found = versions.findLast(({ modRevision }) => Number(modRevision) <= at);
      return found ? [found] : [];
    });
    return { revision: String(this.revision), count: String(kvs.length), kvs };
  }
}

type Method = (request: never, call: Call) => Promise<unknown>;

/** The client with some of its calls done otherwise: what is not named stays as it is. */
function altered(client: EtcdClient, changes: Record<string, Method>): EtcdClient {
  return new Proxy(client, {
    get(target, name) {
      const changed = changes[String(name)];
      if (changed) return changed;
      const own: unknown = Reflect.get(target, name);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}

/** True once, at the so manieth call of one key: its neighbours are honest. */
function onceAt(turn: number): () => boolean {
  let calls = 0;
  return () => ++calls === turn;
}

/** Acknowledges one write and throws it away. */
export function dropsOne(client: EtcdClient, turn: number): EtcdClient {
  const now = onceAt(turn);
  return altered(client, {
    put: async (request: Put, call: Call) => {
      if (!now()) return client.put(request, call);
      const { kvs, revision } = await client.range({ key: request.key }, call);
      return { revision: String(Number(revision) + 1), previous: kvs[0] };
    },
  });
}

/** Says of one write that it failed for certain, and applies it. */
export function appliesFailed(client: EtcdClient, turn: number): EtcdClient {
  const now = onceAt(turn);
  return altered(client, {
    put: async (request: Put, call: Call) => {
      const answer = await client.put(request, call);
      if (now()) throw new EtcdSaid('etcdserver: too many requests', 'failed', 'the double');
      return answer;
    },
  });
}

/** Sends one write twice. */
export function appliesTwice(client: EtcdClient, turn: number): EtcdClient {
  const now = onceAt(turn);
  return altered(client, {
    put: async (request: Put, call: Call) => {
      const answer = await client.put(request, call);
      if (now()) await client.put(request, call);
      return answer;
    },
  });
}

/** Answers one read, the first at which the key has been written twice, with what the key held before. */
export function servesStale(client: EtcdClient): EtcdClient {
  let done = false;
  /** The revision of each key's last write that was acknowledged: a read that began before that may miss it. */
  const acknowledged = new Map<string, string>();
  return altered(client, {
    put: async (request: Put, call: Call) => {
      const answer = await client.put(request, call);
      acknowledged.set(request.key, answer.revision);
      return answer;
    },
    range: async (request: RangeRequest, call: Call) => {
      const known = acknowledged.get(request.key);
      const fresh = await client.range(request, call);
      const [found] = fresh.kvs;
      if (done || request.prefix || request.revision !== undefined || !found || Number(found.version) < 2) return fresh;
      if (found.modRevision !== known) return fresh;
      done = true;
      return client.range({ ...request, revision: String(Number(found.modRevision) - 1) }, call);
    },
  });
}

/** Says of one write that nobody knows, and applies it or not. */
export function leavesOpen(client: EtcdClient, turn: number, applies: boolean): EtcdClient {
  const now = onceAt(turn);
  return altered(client, {
    put: async (request: Put, call: Call) => {
      if (!now()) return client.put(request, call);
      if (applies) await client.put(request, call);
      throw new EtcdSaid('etcdserver: request timed out', 'unknown', 'the double');
    },
  });
}

/** Says that a lease was revoked, and keeps it. */
export function keepsRevoked(client: EtcdClient): EtcdClient {
  return altered(client, { leaseRevoke: async () => ({ revision: '1' }) });
}

/** Lets every key go whose lease is renewed. */
export function forgetsRenewed(client: EtcdClient, etcd: FakeEtcd): EtcdClient {
  return altered(client, {
    leaseKeepAliveOnce: async () => {
      etcd.forget('/lease/');
      return { ttlSeconds: '1', revision: '1' };
    },
  });
}

/** Applies one half of a transaction, and says that nobody knows. */
export function tearsOne(client: EtcdClient, turn: number): EtcdClient {
  const now = onceAt(turn);
  return altered(client, {
    txn: async (request: { compare: never[]; success: TxnOperation[]; failure: never[] }, call: Call) => {
      if (!now()) return client.txn(request, call);
      await client.txn({ ...request, success: request.success.slice(0, 1) }, call);
      throw new EtcdSaid('etcdserver: request timed out', 'unknown', 'the double');
    },
  });
}
