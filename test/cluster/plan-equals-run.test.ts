/**
 * What the plan prints is what the run starts, on containers: every shipped scenario of bootstrap, membership and recovery,
 * every example, and a part of the generated scenarios that changes with the commit (all 500 with
 * ETCD_SCENARIOS_SUITE=all). The same without containers: test/model.
 */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { exampleDrill } from '../../src/library/reference';
import { planCases } from '../../src/run/plan';
import { STEPS } from '../../src/steps';
import { differencesOf } from '../model/compare';
import { generate } from '../model/generate';
import { load } from '../scenario/fixture';
import { ETCD, filesUnder, ROOT, runDrills } from './helpers';
import { chosenOf } from './selection';

jest.setTimeout(3_600_000);

const FOLDER = join(ROOT, 'scenarios');
const SHIPPED = filesUnder(FOLDER)
  .map((file) => relative(FOLDER, file))
  .filter((file) => /^(bootstrap|membership|recovery)\//.test(file))
  .map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')] as const);
const EXAMPLES = [...STEPS.values()]
  .filter(({ exampleFiles }) => !exampleFiles)
  .map(({ name, example, exampleEtcd }) => [name, exampleDrill(example, exampleEtcd)] as const);
const SEEDS = Array.from({ length: 500 }, (_, i) => String(i + 1));

/** Runs them, and compares; what failed or differs, by name. */
async function differencesIn(scenarios: readonly (readonly [string, string])[], etcd: string): Promise<string[]> {
  const ran = await runDrills(Object.fromEntries(scenarios), { etcd: [etcd], jobs: 2 });
  return scenarios.flatMap(([name, yaml]) => {
    const { cases } = planCases(load(yaml).scenarios, { etcd: [etcd], defaultEtcd: [], repeat: 1 });
    return cases.flatMap((planned) => {
      if (planned.skip !== undefined) return [];
      const one = ran.case(name, planned.version);
      const { failure } = one.finished;
      const failed = failure ? [`${failure.step?.id}: ${failure.message}`] : [];
      return [...failed, ...differencesOf(planned, one.all)].map((text) => `${name}: ${text}`);
    });
  });
}

test('starts what the plan prints in the shipped scenarios', async () => {
  expect(SHIPPED.length).toBeGreaterThan(10);
  expect(await differencesIn(SHIPPED, ETCD)).toEqual([]);
});

test('starts what the plan prints in the examples', async () => {
  expect(await differencesIn(EXAMPLES, ETCD)).toEqual([]);
});

const GENERATED = chosenOf(SEEDS, 10, 'generated scenarios').map((seed) => generate(Number(seed)));

/** Ten take several minutes on two cores: on containers they run only where the whole suites are asked for. */
const isWhole = process.env['ETCD_SCENARIOS_SUITE'] === 'all';

(isWhole ? test : test.skip).each([...new Set(GENERATED.map(({ etcd }) => etcd))])(
  'starts what the plan prints in the generated scenarios of etcd %s',
  async (version) => {
    const mine = GENERATED.filter(({ etcd }) => etcd === version);
    const scenarios = mine.map(({ seed, yaml }) => [`seed ${seed}`, yaml] as const);
    expect(await differencesIn(scenarios, version)).toEqual([]);
  },
);
