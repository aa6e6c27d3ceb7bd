/** The language's verbs, in alphabetical order. A test fails when a file's step is missing here. */
import { parallel, repeat } from './blocks';
import { remove } from './delete';
import { downgrade } from './downgrade';
import { during } from './during';
import { etcdctl } from './etcdctl';
import { expect } from './expect';
import { get } from './get';
import { leaseGrant, leaseKeepalive, leaseRevoke } from './lease';
import { alarmDisarm, compact, defrag } from './maintenance';
import { memberAdd, memberPromote, memberRemove, memberUpdate } from './membership';
import { moveLeader } from './move-leader';
import { note, sleep } from './note';
import { probe } from './probe';
import { put } from './put';
import { restart } from './restart';
import { restore } from './restore';
import { snapshot, snapshotStatus } from './snapshot';
import { start } from './start';
import type { Step } from './step';
import { kill, stop } from './stop';
import { txn } from './txn';
import { upgrade } from './upgrade';
import { use } from './use';
import { wipe } from './wipe';

export const STEPS: ReadonlyMap<string, Step> = new Map(
  [
    alarmDisarm,
    compact,
    defrag,
    remove,
    downgrade,
    during,
    etcdctl,
    expect,
    get,
    kill,
    leaseGrant,
    leaseKeepalive,
    leaseRevoke,
    memberAdd,
    memberPromote,
    memberRemove,
    memberUpdate,
    moveLeader,
    note,
    parallel,
    probe,
    put,
    repeat,
    restart,
    restore,
    sleep,
    snapshot,
    snapshotStatus,
    start,
    stop,
    txn,
    upgrade,
    use,
    wipe,
  ].map((step) => [step.name, step]),
);
