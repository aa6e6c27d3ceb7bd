import { LABEL, ownerLabels, type Labels } from '../../src/cluster/docker/labels';
import { LEASE, runsOf, type Found, type FoundRun } from '../../src/cluster/docker/lease';

const NOW = Date.parse('2026-12-01T12:00:00Z');
const MINUTE = 60_000;
const own = ownerLabels('run', 'case');
const elsewhere = { ...own, [LABEL.pidNamespace]: 'pid:[1]', [LABEL.host]: 'ci-7' };
const rebooted = { ...own, [LABEL.boot]: 'another' };
const dead = { ...own, [LABEL.started]: '1' };
const keep = { [LABEL.keep]: 'true' };

function withoutLease(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => name !== LABEL.lease));
}

/** Resources of one run, by their ages in minutes; undefined: the engine does not say. */
function resources(labels: Labels, ...ages: (number | undefined)[]): Found[] {
  return ages.map((age, i) => ({
    kind: 'volume',
    id: `${i}`,
    name: `${i}`,
    labels,
    createdMs: age === undefined ? undefined : NOW - age * MINUTE,
  }));
}

const statesOf = (all: Found[]): FoundRun['state'][] => runsOf(all, NOW).map(({ state }) => state);

(process.platform === 'linux' ? it : it.skip).each<[string, Found[], FoundRun['state'][]]>([
  ['a living owner, however old', resources(own, 9000), ['alive']],
  ['a dead owner, however young', resources(dead, 0), ['left']],
  ['an owner in another PID namespace, for 9 minutes', resources(elsewhere, 60, 9), ['unseen']],
  ['an owner in another PID namespace, for 11 minutes', resources(elsewhere, 60, 11), ['left']],
  ['an owner before a reboot, for 11 minutes', resources(rebooted, 11), ['left']],
  [
    'an owner that can not be seen, with a young heartbeat',
    [...resources(elsewhere, 600), ...resources({ ...elsewhere, [LABEL.heartbeat]: 'true' }, 1)],
    ['unseen'],
  ],
  ['an owner that can not be seen, whose engine says no time', resources(elsewhere, 600, undefined), ['unseen']],
  ['a run without heartbeat, for 23 hours', resources(withoutLease(elsewhere), 23 * 60), ['unseen']],
  ['a run without heartbeat, for 25 hours', resources(withoutLease(elsewhere), 25 * 60), ['left']],
  ['a kept cluster of a dead owner', resources({ ...dead, ...keep }, 600), ['kept']],
  ['a kept cluster of an owner that can not be seen', resources({ ...elsewhere, ...keep }, 600), ['kept']],
  ['a run with --keep that is alive', resources({ ...own, ...keep }, 1), ['alive']],
  [
    'a kept cluster and the heartbeat of its dead run',
    [...resources({ ...dead, ...keep }, 5), ...resources({ ...dead, [LABEL.heartbeat]: 'true' }, 5)],
    ['left', 'kept'],
  ],
])('%s', (_, all, states) => {
  expect(statesOf(all)).toEqual(states);
});

it('judges each run by itself', () => {
  const other = { ...elsewhere, [LABEL.run]: 'other' };
  expect(runsOf([...resources(elsewhere, 60), ...resources(other, 1)], NOW)).toMatchObject([
    { run: 'run', state: 'left', host: 'ci-7', silentMs: 60 * MINUTE },
    { run: 'other', state: 'unseen' },
  ]);
});

it('beats several times before a run counts as dead', () => {
  expect(LEASE.staleMs / LEASE.beatMs).toBeGreaterThanOrEqual(5);
});
