import { parseDuration } from '../clock';
import { EtcdSaid } from '../errors';
import { askedMember } from './ask';
import { asked, etcdctl, quote, type Instruction } from './instruction';
import type { DrillState } from './drill-state';
import type { Selector } from './select';
import { MAY_BE_APPLIED } from './put';
import { LEASE } from './results';
import { duration, leaseId, single } from './schema';
import { defineStep } from './step';

const TO = { ...single, description: 'the member that is asked' } as const;
const LEASE_MS = 10_000;

function instruct(to: Selector | undefined, state: DrillState, words: string[], see: string): Instruction {
  const target = asked(to, state);
  return {
    before: target.explained,
    commands: [{ text: etcdctl(state, target, 'lease', ...words) }],
    see: [see],
    leavesOpen: MAY_BE_APPLIED,
  };
}

export const leaseGrant = defineStep({
  name: 'lease-grant',
  summary: 'Grants a lease; `as` keeps its ID for `put` and the other lease steps.',
  example: ['- lease-grant: 60s', '  as: session', '- put: {key: lock, value: mine, lease: "${results.session.id}"}'],
  main: 'ttl',
  args: { ttl: { ...duration, description: 'its time to live, in whole seconds' }, to: TO },
  required: ['ttl'],
  result: LEASE,
  retry: 'definite',
  timeoutMs: LEASE_MS,
  sentence: ({ ttl }) => `grant a lease of ${ttl}`,
  check: ({ ttl }) =>
    (parseDuration(ttl) ?? 0) % 1000 === 0 && parseDuration(ttl) !== 0
      ? []
      : [{ pointer: '/ttl', message: `etcd counts a lease in whole seconds, at least one; "${ttl}" is none` }],
  runbook: ({ ttl, to }, state) =>
    instruct(
      to,
      state,
      ['grant', String((parseDuration(ttl) ?? 0) / 1000)],
      'It prints the ID of the lease. Write it down.',
    ),
  async run({ ttl, to }, context) {
    const process = await askedMember(to, context);
    const { id, ttlSeconds } = await process.client.leaseGrant((parseDuration(ttl) ?? 0) / 1000, context.call());
    return { id, ttl: ttlSeconds };
  },
});

export const leaseRevoke = defineStep({
  name: 'lease-revoke',
  summary: 'Revokes a lease; the keys on it are deleted.',
  example: [
    '- lease-grant: 60s',
    '  as: session',
    '- put: {key: lock, value: mine, lease: "${results.session.id}"}',
    '- lease-revoke: ${results.session.id}',
    '- get: {key: lock, absent: true}',
  ],
  main: 'lease',
  args: { lease: leaseId, to: TO },
  required: ['lease'],
  retry: 'definite',
  timeoutMs: LEASE_MS,
  sentence: ({ lease }) => `revoke the lease ${lease}`,
  runbook: ({ lease, to }, state) => instruct(to, state, ['revoke', quote(lease)], 'It prints `lease … revoked`.'),
  async run({ lease, to }, context) {
    const process = await askedMember(to, context);
    await process.client.leaseRevoke(lease, context.call());
  },
});

export const leaseKeepalive = defineStep({
  name: 'lease-keepalive',
  summary: 'Renews a lease once. A lease that is gone answers a TTL of 0, and the step fails.',
  example: ['- lease-grant: 60s', '  as: session', '- lease-keepalive: ${results.session.id}'],
  main: 'lease',
  args: { lease: leaseId, to: TO },
  required: ['lease'],
  result: LEASE,
  retry: 'definite',
  timeoutMs: LEASE_MS,
  sentence: ({ lease }) => `renew the lease ${lease}`,
  runbook: ({ lease, to }, state) =>
    instruct(
      to,
      state,
      ['keep-alive', '--once', quote(lease)],
      'It prints that the lease was kept alive, and its TTL.',
    ),
  async run({ lease, to }, context) {
    const process = await askedMember(to, context);
    const { ttlSeconds } = await process.client.leaseKeepAliveOnce(lease, context.call());
    if (ttlSeconds === '0') throw new EtcdSaid('requested lease not found', 'failed', process.member);
    return { id: lease, ttl: ttlSeconds };
  },
});
