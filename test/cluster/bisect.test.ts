/** Bisection over real versions: those that every machine has which runs these tests. */
import { join } from 'node:path';
import { bisect, type Bisected, type BisectRequest } from '../../src/library/bisect';
import { cli, temporaryFolder, write, yamlOf } from './helpers';

const folder = temporaryFolder();
/** etcdctl says from 3.4 on whether a member is a learner: a change that no rule knows of. */
const LISTS_LEARNERS = yamlOf('The list says who is a learner', {
  top: 'etcd: 3.5.35\nknownFailing: {etcd: "<3.4", because: IsLearner}',
  steps: `
    - start: all
    - etcdctl: {on: etcd-1, args: [member, list, -w, fields], output: IsLearner}`,
});
/** What the image's name admits is what there is: nothing is looked up or built. */
const PRESENT = { pull: 'never', image: 'localhost/etcd:{version}' } as const;

function request(drill: string, more: Partial<BisectRequest>): BisectRequest {
  const path = write(join(folder, `${Math.random().toString(36).slice(2)}.yaml`), drill);
  return {
    paths: [path],
    cwd: folder,
    good: '3.7.3',
    bad: '3.3.25',
    images: PRESENT,
    reportsOf: (version) => join(folder, 'reports', version),
    reportersOf: () => [],
    onTry: () => undefined,
    say: () => undefined,
    ...more,
  };
}

function values({ outcome }: Bisected): (string | undefined)[] {
  return [outcome.good.value, outcome.bad?.value];
}

it('finds the neighbours, whatever the drill says of versions itself', async () => {
  const done = await bisect(request(LISTS_LEARNERS, {}));
  expect(done.candidates).toEqual(expect.arrayContaining(['3.7.3', '3.6.16', '3.5.35', '3.4.23', '3.3.25']));
  expect(done.outcome.found).toBe(true);
  expect(values(done)).toEqual(['3.4.23', '3.3.25']);
  const [good, bad] = done.tried;
  expect([good?.value, good?.judgement, bad?.value, bad?.judgement]).toEqual(['3.7.3', 'good', '3.3.25', 'bad']);
  expect(bad?.failure?.step?.action).toBe('etcdctl');
}, 200_000);

it('halves over a variable, and steps around what can not be tested', async () => {
  const drill = yamlOf('The list says who is a learner', {
    top: 'vars: {to: 3.5.35}',
    steps: `
      - start: {member: etcd-1, version: "\${vars.to}"}
      - etcdctl: {on: etcd-1, args: [member, list, -w, fields], output: IsLearner}`,
  });
  const done = await bisect(request(drill, { over: 'to', etcd: ['3.5.35'], good: '3.5.35' }));
  expect(values(done)).toEqual(['3.4.23', '3.3.25']);
}, 200_000);

it('says so where an end is not as it was said to be', async () => {
  const done = await bisect(request(LISTS_LEARNERS, { good: '3.5.35', bad: '3.4.23' }));
  expect(done.outcome.found).toBe(false);
  expect(done.tried.map(({ value, judgement }) => `${value} ${judgement}`)).toEqual(['3.5.35 good', '3.4.23 good']);
}, 200_000);

it('on the command line: values of a file count, as in a run', async () => {
  const drill = yamlOf('The list says what it has to', {
    top: 'vars: {to: 3.5.35, said: nothing}',
    steps: `
      - start: {member: etcd-1, version: "\${vars.to}"}
      - etcdctl: {on: etcd-1, args: [member, list, -w, fields], output: "\${vars.said}"}`,
  });
  const file = write(join(folder, 'values', 'said.yaml'), drill);
  const values = write(join(folder, 'values', 'vars.yaml'), 'said: IsLearner\n');
  const ends = ['--good', '3.4.23', '--bad', '3.3.25', '--over', 'to', '--etcd', '3.5.35'];
  const images = ['--pull', 'never', '--image', PRESENT.image];
  const { stdout, exitCode } = await cli(['bisect', file, ...ends, '--var-file', values, ...images], { cwd: folder });
  expect(stdout).toContain('the verdict changes between 3.4.23 (good) and 3.3.25 (bad)');
  expect(exitCode).toBe(0);
}, 200_000);

it('on the command line: evidence of both, one JSON object, exit codes', async () => {
  const file = write(join(folder, 'cli', 'learners.yaml'), LISTS_LEARNERS);
  const options = { cwd: join(folder, 'cli') };
  const ends = (good: string, bad: string): string[] => ['bisect', file, '--good', good, '--bad', bad];
  const images = ['--pull', 'never', '--image', PRESENT.image];
  const found = await cli([...ends('3.4.23', '3.3.25'), ...images], options);
  expect(found.stdout).toContain('the verdict changes between 3.4.23 (good) and 3.3.25 (bad)');
  expect(found.stdout).toMatch(/^3\.3\.25: bad; reports: .*reports\/bisect\/3\.3\.25$/m);
  expect(found.exitCode).toBe(0);
  const json = await cli([...ends('3.3.25', '3.4.23'), ...images, '--json'], options);
  expect(json.exitCode).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    outcome: { found: false, good: { value: '3.3.25', judgement: 'bad' } },
  });
  const absent = await cli([...ends('3.4.0', '3.3.25'), ...images], options);
  expect(absent.stdout).toMatch(/--good 3\.4\.0 is not good: it can't be tested: .*localhost\/etcd:3\.4\.0/);
  expect(absent.exitCode).toBe(3);
  const nonsense = await cli(['bisect', file, '--good', '3.5'], options);
  expect([nonsense.exitCode, nonsense.stderr]).toEqual([2, expect.stringContaining('--good takes a full version')]);
}, 200_000);
