/** Images decide which flags their etcd has. */
import { connectEngine } from '../../src/cluster/docker/engine';
import { imageHasFlag } from '../../src/cluster/docker/flag-probe';
import { presentReference } from '../../src/cluster/docker/images/present';
import { ownerLabels } from '../../src/cluster/docker/labels';
import { doubtfulFlags, planCases } from '../../src/run/plan';
import { askImages } from '../../src/library/image-flags';
import { scenarioOf } from '../scenario/fixture';

jest.setTimeout(120_000);

const signal = new AbortController().signal;

test.each([
  ['3.4.23', 'next-cluster-version-compatible', false],
  // `etcd --help` leaves it out.
  ['3.4.23', 'unsafe-no-fsync', true],
  ['3.5.35', 'snapshot-count', true],
  ['3.5.35', 'pre-vote', true],
  ['3.5.35', 'frobnicate', false],
])('the image of %s says of --%s: %s', async (version, flag, has) => {
  const { docker } = await connectEngine();
  const image = (await presentReference(docker, version)) ?? '';
  expect(await imageHasFlag(docker, { image, flag, labels: ownerLabels('es-flags', flag), signal })).toBe(has);
});

test('what the image says overrides the table: an unknown flag becomes an error', async () => {
  const scenario = scenarioOf(
    'name: x\nmembers: 1\nflags: {frobnicate: 1}\nsteps: [start: all, expect: {healthy: all}]\n',
  );
  const options = { etcd: undefined, defaultEtcd: ['3.5.35'], repeat: 1 };
  const before = planCases([scenario], options);
  expect(before.problems.map(({ rule }) => rule)).toEqual(['unknown-flag']);
  const doubts = doubtfulFlags(before.cases);
  expect(doubts).toEqual([{ version: '3.5.35', flag: 'frobnicate' }]);
  expect(await askImages(doubts, { run: 'es-flags', images: { pull: 'never' }, signal })).toBe(true);
  const { problems } = planCases([scenario], options);
  expect(problems.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
    'lacking-flag: the image of etcd 3.5.35 has no flag --frobnicate',
  ]);
});
