/**
 * One member's client as steps see it: every call goes to this member alone, once, with a deadline. IDs are hex text
 * without leading zeros (as etcdctl prints them), revisions and other 64-bit numbers decimal text: none of them fits
 * a JavaScript number. Every call throws EtcdSaid when the call failed.
 */
export interface Call {
  /** The deadline of this call, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface KeyValue {
  key: Buffer;
  value: Buffer;
  createRevision: string;
  modRevision: string;
  version: string;
  lease: string;
}

export interface RangeRequest {
  key: string;
  prefix?: boolean;
  /** 0 or absent: the newest. */
  revision?: string;
  serializable?: boolean;
  /** At most so many keys, in their order; left out: all. */
  limit?: number;
  /** Only the keys behind this one. */
  after?: Buffer;
}

export interface RangeAnswer {
  revision: string;
  count: string;
  kvs: KeyValue[];
}

export interface StatusAnswer {
  clusterId: string;
  memberId: string;
  version: string;
  /** The leader's ID; `0` where this member knows none. */
  leader: string;
  raftIndex: string;
  raftTerm: string;
  revision: string;
}

export interface MemberInfo {
  id: string;
  /** Empty until the member has started for the first time. */
  name: string;
  peerURLs: string[];
  clientURLs: string[];
  learner: boolean;
}

export interface MemberListAnswer {
  clusterId: string;
  members: MemberInfo[];
}

export interface AlarmInfo {
  memberId: string;
  /** NOSPACE or CORRUPT. */
  alarm: string;
}

export interface HashAnswer {
  hash: string;
  revision: string;
  compactRevision: string;
}

/** A lease that is there, in whole seconds as etcd counts. */
export interface LeaseAnswer {
  remainingSeconds: number;
  grantedSeconds: number;
}

export type CompareTarget = 'value' | 'version' | 'createRevision' | 'modRevision' | 'lease';

export interface Comparison {
  key: string;
  target: CompareTarget;
  is: '=' | '!=' | '<' | '>';
  operand: string;
}

export type TxnOperation =
  | { put: { key: string; value: string | Buffer; lease?: string; prevKv?: boolean } }
  | { get: { key: string; prefix?: boolean } }
  | { delete: { key: string; prefix?: boolean } };

export interface TxnAnswer {
  revision: string;
  succeeded: boolean;
  /** What each operation that was done had asked for with `prevKv`: undefined for no such key, and for any other. */
  previous: (KeyValue | undefined)[];
}

export interface EtcdClient {
  range(request: RangeRequest, call: Call): Promise<RangeAnswer>;
  put(
    request: { key: string; value: string | Buffer; lease?: string; prevKv?: boolean },
    call: Call,
  ): Promise<{ revision: string; previous?: KeyValue }>;
  deleteRange(request: { key: string; prefix?: boolean }, call: Call): Promise<{ revision: string; deleted: string }>;
  txn(
    request: { compare: Comparison[]; success: TxnOperation[]; failure: TxnOperation[] },
    call: Call,
  ): Promise<TxnAnswer>;
  leaseGrant(ttlSeconds: number, call: Call): Promise<{ id: string; ttlSeconds: string; revision: string }>;
  leaseRevoke(id: string, call: Call): Promise<{ revision: string }>;
  leaseKeepAliveOnce(id: string, call: Call): Promise<{ ttlSeconds: string; revision: string }>;
  /** Undefined where there is no such lease. */
  leaseTimeToLive(id: string, call: Call): Promise<LeaseAnswer | undefined>;
  /** The IDs of all leases, as the member itself knows them. */
  leases(call: Call): Promise<string[]>;
  compact(revision: string, physical: boolean, call: Call): Promise<{ revision: string }>;
  status(call: Call): Promise<StatusAnswer>;
  memberList(call: Call): Promise<MemberListAnswer>;
  memberAdd(request: { peerURLs: string[]; learner: boolean }, call: Call): Promise<MemberListAnswer & { id: string }>;
  memberRemove(id: string, call: Call): Promise<void>;
  memberUpdate(id: string, peerURLs: string[], call: Call): Promise<void>;
  memberPromote(id: string, call: Call): Promise<void>;
  /** 3.6 and later; `version` is a minor version, empty for `cancel`. */
  downgrade(action: 'validate' | 'enable' | 'cancel', version: string, call: Call): Promise<void>;
  moveLeader(targetId: string, call: Call): Promise<void>;
  alarms(call: Call): Promise<AlarmInfo[]>;
  disarm(alarm: AlarmInfo, call: Call): Promise<void>;
  defragment(call: Call): Promise<void>;
  /**
   * Of everything up to `revision`, which is the answer's; of all there is where it is undefined. Throws EtcdSaid where
   * the member has not come to that revision yet, or has compacted it.
   */
  hashKv(call: Call, revision?: string): Promise<HashAnswer>;
  /** Streams a snapshot into a new file, readable by its owner alone, and checks the SHA-256 that etcd appends. */
  snapshot(toFile: string, call: Call): Promise<{ bytes: number }>;
  /** Ends the connection; calls under way fail. */
  close(): void;
}
