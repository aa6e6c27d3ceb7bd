/** Results in every place that takes one: whatever loads can be planned, and printed as a document. */
import yaml from 'js-yaml';
import { asError } from '../../src/errors';
import { planCases } from '../../src/run/plan';
import { runbookMarkdown } from '../../src/runbook/markdown';
import { overview } from '../../src/runbook/overview';
import { drillScript } from '../../src/runbook/script/script';
import { STEPS } from '../../src/steps';
import { load } from '../scenario/fixture';

type Yaml = string | number | boolean | null | Yaml[] | { [key: string]: Yaml };

/** What leaves results of every kind. */
const BEFORE: Yaml[] = [
  { start: 'all' },
  { kill: 'follower', as: 'old' },
  { start: '${results.old.members}' },
  { 'lease-grant': '60s', as: 'lease' },
];

const RESULTS = ['${results.old.members}', '${results.old.members.0}', '${results.lease.id}-x'];

/** Arguments that no example of the reference has. */
const MORE: Yaml[] = [
  {
    start: {
      member: 'etcd-1',
      version: '3.5.35',
      flags: { 'snapshot-count': '5' },
      initialCluster: ['etcd-1', 'etcd-2'],
    },
  },
  { start: { member: 'etcd-1', initialClusterToken: 't', peerURL: 'http://etcd-1:2380', forceNewCluster: true } },
  { start: { member: 'etcd-1', newAddress: true, waitFor: 'running', initialClusterState: 'new' } },
  { restart: ['etcd-1', 'etcd-2'] },
  { stop: ['etcd-1'] },
  { wipe: ['etcd-1'] },
  { pause: 'etcd-1' },
  { resume: ['etcd-1'] },
  { 'member-add': { member: 'etcd-3', learner: true, peerURL: 'http://etcd-3:2380' } },
  { put: { key: 'k', value: 'v', to: 'etcd-1', lease: '1', prevValue: 'w' } },
  { get: { key: 'k', value: 'v', from: ['etcd-1', 'etcd-2'], revision: 3, consistency: 'serializable' } },
  { get: { key: 'k', count: 1, prefix: true } },
  { get: { key: '', prefix: true, hash: 'a'.repeat(64), maxModRevision: 3, lease: '7f' } },
  { expect: { leases: { count: 0, lease: '7f', remaining: '<5s' } } },
  { expect: { leases: { lease: '7f', absent: true } } },
  { delete: { key: 'k', to: 'etcd-1', count: 1, prefix: true } },
  { restore: { member: ['etcd-1'], snapshot: 's', initialCluster: ['etcd-1'], bumpRevision: 5, markCompacted: true } },
  { restore: { member: 'etcd-1', snapshot: 's', initialClusterToken: 't', version: '3.5.35' } },
  { snapshot: { save: 's', from: 'etcd-1' } },
  { 'snapshot-status': { snapshot: 's', totalKeys: 1, revision: 2 } },
  { compact: { revision: 3, physical: true } },
  { defrag: ['etcd-1'] },
  { 'alarm-disarm': ['etcd-1'] },
  { upgrade: { member: ['etcd-1'], to: '3.6.16', flags: { 'snapshot-count': '5' } } },
  { downgrade: { member: 'etcd-1', to: '3.4.23' } },
  { downgrade: { enable: '3.4' } },
  { etcdctl: { on: 'etcd-1', args: ['get', 'k'], output: 'v' } },
  { expect: { healthy: ['etcd-1'], unhealthy: ['etcd-2'], running: ['etcd-1'], leader: 'etcd-1' } },
  { expect: { members: { 'etcd-1': { id: '1', learner: false } }, clusterId: { 'etcd-2': '1' } } },
  { expect: { members: ['etcd-1'], clusterId: '1', version: { cluster: '3.5', member: { 'etcd-1': '3.5.35' } } } },
  {
    expect: {
      consistent: { among: ['etcd-1', 'etcd-2'] },
      alarms: ['NOSPACE'],
      address: { member: 'etcd-1', changed: true },
    },
  },
  {
    expect: {
      alarms: { CORRUPT: ['etcd-2'] },
      log: { member: 'etcd-2', contains: 'x' },
      exit: { member: 'etcd-3', code: 1 },
    },
  },
];

/** The value with each of its scalars replaced in turn. */
function* replaced(value: Yaml, by: string): Generator<Yaml> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) for (const other of replaced(item, by)) yield value.with(i, other);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      for (const other of replaced(item, by)) yield { ...value, [key]: other };
  }
  yield by;
}

function steps(): [action: string, steps: Yaml[]][] {
  const examples = [...STEPS.values()].map(({ name, example }): [string, Yaml[]] => [
    name,
    yaml.load(example.join('\n'), { schema: yaml.FAILSAFE_SCHEMA }) as Yaml[],
  ]);
  return [...examples, ...MORE.map((step): [string, Yaml[]] => [JSON.stringify(step), [step]])];
}

/** A drill that has problems is not told. */
function tellAll(list: readonly Yaml[]): void {
  const text = JSON.stringify({ name: 'Open', members: 3, steps: [...BEFORE, ...list] });
  const { scenarios } = load(text);
  const [chosen] = planCases(scenarios, { etcd: ['3.5.35'], defaultEtcd: [], repeat: 1 }).cases;
  if (!chosen) return;
  overview(chosen);
  runbookMarkdown(chosen);
  drillScript(chosen);
}

it.each(steps())('%s can be told with a result in the place of each argument', (_, list) => {
  const broken: string[] = [];
  for (const [i, step] of list.entries()) {
    for (const by of RESULTS) {
      for (const other of replaced(step, by)) {
        try {
          tellAll(list.with(i, other));
        } catch (thrown) {
          broken.push(`${JSON.stringify(other)}: ${asError(thrown).message}`);
        }
      }
    }
  }
  expect(broken).toEqual([]);
});
