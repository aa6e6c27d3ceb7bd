/**
 * EtcdClient over etcd3. One client for one process of one member, thrown away with it: one host, no retries (etcd3
 * replays puts by default: etcd-facts.md, section 4), a deadline on every call, no proxy for 127.0.0.1.
 */
import { performance } from 'node:perf_hooks';
import type { Etcd3 } from 'etcd3';
import { abortable } from '../../clock';
import type {
  AlarmInfo,
  Call,
  EtcdClient,
  HashAnswer,
  KeyValue,
  LeaseAnswer,
  MemberInfo,
  MemberListAnswer,
  RangeAnswer,
  RangeRequest,
  StatusAnswer,
  TxnAnswer,
} from '../client';
import type { Security } from '../security';
import { prefixEnd, toDecimal, toHex } from './ids';
import { Limit } from './limit';
import { toEtcdSaid } from './said';
import { Session } from './session';
import { saveSnapshot, type SnapshotStream } from './snapshot';
import { compareOf, operationOf } from './txn';

/**
 * A client for the member that listens at `endpoint` (`127.0.0.1:49153`); `member` is for error messages, `endpoints`
 * are those of all members that run.
 */
export function connectEtcd(
  member: string,
  endpoint: string,
  security: Security,
  endpoints: () => string[] = () => [],
): EtcdClient {
  return new Etcd3Client(new Session(endpoint, security, endpoints), member);
}

interface RawKeyValue {
  key: Buffer;
  value: Buffer;
  create_revision: string;
  mod_revision: string;
  version: string;
  lease: string;
}

interface RawMember {
  ID: string;
  name: string;
  peerURLs: string[];
  clientURLs: string[];
  isLearner: boolean;
}

/** A Limit, for etcd3, which hands it on as it is. */
type CallOptions = NonNullable<Parameters<Etcd3['kv']['put']>[1]>;

/** What etcd3 keeps to itself of its connections. */
interface SnapshotPool {
  withConnection<T>(
    service: 'Maintenance',
    use: (connection: {
      client: { snapshot(request: object, metadata: unknown, options: CallOptions): SnapshotStream };
      metadata: unknown;
    }) => Promise<T>,
  ): Promise<T>;
}

class Etcd3Client implements EtcdClient {
  constructor(
    private readonly session: Session,
    private readonly member: string,
  ) {}

  private get etcd(): Etcd3 {
    return this.session.etcd;
  }

  async range(request: RangeRequest, call: Call): Promise<RangeAnswer> {
    const answer = await this.ask(call, (options) =>
      this.etcd.kv.range(
        {
          ...keyRange(request.key, request.prefix),
          ...(request.after ? { key: Buffer.concat([request.after, Buffer.from([0])]) } : {}),
          limit: request.limit ?? 0,
          revision: request.revision ?? '0',
          serializable: request.serializable ?? false,
        },
        options,
      ),
    );
    return { revision: answer.header.revision, count: answer.count, kvs: answer.kvs.map(keyValueOf) };
  }

  async put(
    request: { key: string; value: string | Buffer; lease?: string; prevKv?: boolean },
    call: Call,
  ): Promise<{ revision: string; previous?: KeyValue }> {
    const { key, value, lease, prevKv: prev_kv = false } = request;
    const answer = await this.ask(call, (options) =>
      this.etcd.kv.put(
        { key: Buffer.from(key), value: bytesOf(value), lease: lease ? toDecimal(lease) : '0', prev_kv },
        options,
      ),
    );
    const previous = answer.prev_kv as RawKeyValue | null;
    return { revision: answer.header.revision, previous: previous ? keyValueOf(previous) : undefined };
  }

  async deleteRange(
    request: { key: string; prefix?: boolean },
    call: Call,
  ): Promise<{ revision: string; deleted: string }> {
    const answer = await this.ask(call, (options) =>
      this.etcd.kv.deleteRange(keyRange(request.key, request.prefix), options),
    );
    return { revision: answer.header.revision, deleted: answer.deleted };
  }

  async txn(request: Parameters<EtcdClient['txn']>[0], call: Call): Promise<TxnAnswer> {
    const answer = await this.ask(call, (options) =>
      this.etcd.kv.txn(
        {
          compare: request.compare.map(compareOf),
          success: request.success.map(operationOf),
          failure: request.failure.map(operationOf),
        },
        options,
      ),
    );
    const previous = answer.responses.map(({ response_put: put }) => {
      const before = put?.prev_kv as RawKeyValue | null | undefined;
      return before ? keyValueOf(before) : undefined;
    });
    return { revision: answer.header.revision, succeeded: answer.succeeded, previous };
  }

  async leaseGrant(ttlSeconds: number, call: Call): Promise<{ id: string; ttlSeconds: string; revision: string }> {
    const answer = await this.ask(call, (options) =>
      this.etcd.leaseClient.leaseGrant({ TTL: String(ttlSeconds), ID: '0' }, options),
    );
    return { id: toHex(answer.ID), ttlSeconds: answer.TTL, revision: answer.header.revision };
  }

  async leaseRevoke(id: string, call: Call): Promise<{ revision: string }> {
    const request = { ID: toDecimal(id) };
    const { header } = await this.ask(call, (options) => this.etcd.leaseClient.leaseRevoke(request, options));
    return { revision: header.revision };
  }

  async leaseKeepAliveOnce(id: string, call: Call): Promise<{ ttlSeconds: string; revision: string }> {
    return this.ask(call, async (options) => {
      const stream = await this.etcd.leaseClient.leaseKeepAlive(options);
      try {
        return await new Promise<{ ttlSeconds: string; revision: string }>((resolve, reject) => {
          stream.on('data', ({ TTL, header }: { TTL: string; header: { revision: string } }) =>
            resolve({ ttlSeconds: TTL, revision: header.revision }),
          );
          stream.on('error', reject);
          stream.on('end', () => reject(new Error('the keepalive stream ended without an answer')));
          stream.write({ ID: toDecimal(id) });
        });
      } finally {
        stream.end();
        stream.cancel();
      }
    });
  }

  async leaseTimeToLive(id: string, call: Call): Promise<LeaseAnswer | undefined> {
    const request = { ID: toDecimal(id), keys: false };
    const { TTL, grantedTTL } = await this.ask(call, (options) =>
      this.etcd.leaseClient.leaseTimeToLive(request, options),
    );
    // A lease that is not there answers -1.
    return Number(TTL) < 0 ? undefined : { remainingSeconds: Number(TTL), grantedSeconds: Number(grantedTTL) };
  }

  async leases(call: Call): Promise<string[]> {
    const { leases } = await this.ask(call, (options) => this.etcd.leaseClient.leaseLeases(options));
    return leases.map(({ ID }) => toHex(ID));
  }

  async compact(revision: string, physical: boolean, call: Call): Promise<{ revision: string }> {
    const answer = await this.ask(call, (options) => this.etcd.kv.compact({ revision, physical }, options));
    return { revision: answer.header.revision };
  }

  async status(call: Call): Promise<StatusAnswer> {
    const answer = await this.ask(call, (options) => this.etcd.maintenance.status(options));
    return {
      clusterId: toHex(answer.header.cluster_id),
      memberId: toHex(answer.header.member_id),
      version: answer.version,
      leader: toHex(answer.leader),
      raftIndex: answer.raftIndex,
      raftTerm: answer.raftTerm,
      revision: answer.header.revision,
    };
  }

  async memberList(call: Call): Promise<MemberListAnswer> {
    const answer = await this.ask(call, (options) => this.etcd.cluster.memberList({}, options));
    return { clusterId: toHex(answer.header.cluster_id), members: answer.members.map(memberOf) };
  }

  async memberAdd(
    request: { peerURLs: string[]; learner: boolean },
    call: Call,
  ): Promise<MemberListAnswer & { id: string }> {
    const answer = await this.ask(call, (options) =>
      this.etcd.cluster.memberAdd({ peerURLs: request.peerURLs, isLearner: request.learner }, options),
    );
    return {
      id: toHex(answer.member.ID),
      clusterId: toHex(answer.header.cluster_id),
      members: answer.members.map(memberOf),
    };
  }

  async memberRemove(id: string, call: Call): Promise<void> {
    await this.ask(call, (options) => this.etcd.cluster.memberRemove({ ID: toDecimal(id) }, options));
  }

  async memberUpdate(id: string, peerURLs: string[], call: Call): Promise<void> {
    await this.ask(call, (options) => this.etcd.cluster.memberUpdate({ ID: toDecimal(id), peerURLs }, options));
  }

  async memberPromote(id: string, call: Call): Promise<void> {
    await this.ask(call, (options) => this.etcd.cluster.memberPromote({ ID: toDecimal(id) }, options));
  }

  // Numbers, for the same reason as alarms: etcd3's names are not the protocol's, and the server would take them for 0.
  async downgrade(action: 'validate' | 'enable' | 'cancel', version: string, call: Call): Promise<void> {
    const request = { action: { validate: 0, enable: 1, cancel: 2 }[action], version };
    await this.ask(call, (options) => this.etcd.maintenance.downgrade(request, options));
  }

  async moveLeader(targetId: string, call: Call): Promise<void> {
    await this.ask(call, (options) => this.etcd.maintenance.moveLeader({ targetID: toDecimal(targetId) }, options));
  }

  // etcd3 spells its enums `Get`, `Deactivate`, `Nospace`, which the server's protocol does not know: such a call
  // succeeds and does nothing (etcd-facts.md 0c). Numbers say what is meant.
  async alarms(call: Call): Promise<AlarmInfo[]> {
    const answer = await this.ask(call, (options) =>
      this.etcd.maintenance.alarm({ action: 0, memberID: '0', alarm: 0 }, options),
    );
    return answer.alarms.map((alarm) => ({
      memberId: toHex(alarm.memberID),
      alarm: String(alarm.alarm).toUpperCase(),
    }));
  }

  async disarm({ memberId, alarm }: AlarmInfo, call: Call): Promise<void> {
    const request = { action: 2, memberID: toDecimal(memberId), alarm: alarm === 'NOSPACE' ? 1 : 2 };
    await this.ask(call, (options) => this.etcd.maintenance.alarm(request as never, options));
  }

  async defragment(call: Call): Promise<void> {
    await this.ask(call, (options) => this.etcd.maintenance.defragment(options));
  }

  // `maintenance.hashKV()` of etcd3 1.1.2 throws: the method has another name there (etcd-facts.md, section 4).
  async hashKv(call: Call, revision?: string): Promise<HashAnswer> {
    const answer = (await this.ask(call, (options) => {
      const { pool } = this.etcd as unknown as { pool: { exec(...args: unknown[]): Promise<unknown> } };
      return pool.exec('Maintenance', 'HashKV', { revision: revision ?? '0' }, options);
    })) as { hash: number; compact_revision: string; header: { revision: string } };
    return {
      hash: String(answer.hash),
      // That of the header is how far the member is, whatever was asked for.
      revision: revision ?? answer.header.revision,
      compactRevision: answer.compact_revision,
    };
  }

  // `maintenance.snapshot()` of etcd3 1.1.2 sends the user's token as the request, and asks as nobody.
  async snapshot(toFile: string, call: Call): Promise<{ bytes: number }> {
    return this.ask(call, (options) => {
      const { pool } = this.etcd as unknown as { pool: SnapshotPool };
      return pool.withConnection('Maintenance', ({ client, metadata }) =>
        saveSnapshot(() => client.snapshot({}, metadata, options), toFile),
      );
    });
  }

  close(): void {
    this.session.close();
  }

  private ask<T>(call: Call, request: (options: CallOptions) => Promise<T>): Promise<T> {
    const answer = this.answer(call, request);
    return call.signal ? abortable(answer, call.signal) : answer;
  }

  private async answer<T>(call: Call, request: (options: CallOptions) => Promise<T>): Promise<T> {
    const started = performance.now();
    const limit = new Limit(call.timeoutMs);
    try {
      return await this.session.ask(call.timeoutMs, () => request(limit as CallOptions));
    } catch (thrown) {
      throw toEtcdSaid(thrown, this.member, call.timeoutMs, performance.now() - started);
    } finally {
      limit.end();
    }
  }
}

/** A Buffer goes out as it is: a workload makes one for each of thousands of writes a second. */
function bytesOf(value: string | Buffer): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value;
}

function keyRange(key: string, prefix = false): { key: Buffer; range_end?: Buffer } {
  const start = Buffer.from(key);
  if (!prefix) return { key: start };
  if (start.length === 0) return { key: Buffer.from([0]), range_end: Buffer.from([0]) };
  return { key: start, range_end: prefixEnd(start) };
}

function keyValueOf(raw: RawKeyValue): KeyValue {
  return {
    key: raw.key,
    value: raw.value,
    createRevision: raw.create_revision,
    modRevision: raw.mod_revision,
    version: raw.version,
    lease: toHex(raw.lease),
  };
}

function memberOf(raw: RawMember): MemberInfo {
  return {
    id: toHex(raw.ID),
    name: raw.name,
    peerURLs: raw.peerURLs,
    clientURLs: raw.clientURLs,
    learner: raw.isLearner,
  };
}
