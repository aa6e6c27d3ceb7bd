/**
 * What the plan prints is what the run starts, over generated scenarios on a cluster in memory. A failure names the seed
 * and the scenario; ETCD_SCENARIOS_SEED=N runs that one alone. The same on containers: test/cluster/plan-equals-run.
 */
import type { EventBody } from '../../src/events';
import { planCases, type PlannedCase } from '../../src/run/plan';
import { runCases } from '../../src/run/run';
import { load } from '../scenario/fixture';
import { formatProblems } from '../../src/problems';
import { differencesOf } from './compare';
import { FakeCluster } from './fake-cluster';
import { generate, type Generated } from './generate';

// Two minutes on a machine that is busy otherwise.
jest.setTimeout(600_000);

const COUNT = 500;
const only = process.env['ETCD_SCENARIOS_SEED'];
const SEEDS = only === undefined ? Array.from({ length: COUNT }, (_, i) => i + 1) : [Number(only)];

function planOf({ yaml, etcd }: Generated): PlannedCase {
  const { scenarios, problems: shape } = load(yaml);
  const { cases, problems } = planCases(scenarios, { etcd: [etcd], defaultEtcd: [], repeat: 1 });
  const errors = [...shape, ...problems].filter(({ severity }) => severity === 'error');
  const [planned] = cases;
  if (!planned || errors.length > 0) throw new Error(formatProblems(errors));
  return planned;
}

async function runOn(planned: PlannedCase): Promise<EventBody[]> {
  const events: EventBody[] = [];
  await runCases({
    cases: [planned],
    jobs: 1,
    failFast: false,
    keep: false,
    showValues: false,
    timeoutMs: 300_000,
    environment: {
      prepare: () => Promise.resolve(),
      createCluster: ({ scenario, security }, hooks) => new FakeCluster({ members: scenario.members, security, hooks }),
    },
    emit: (event) => events.push(event),
    interrupted: new AbortController().signal,
    abandoned: new AbortController().signal,
    logOf: () => undefined,
    recordOf: () => undefined,
  });
  return events;
}

async function problemsOf(generated: Generated): Promise<string[]> {
  try {
    const planned = planOf(generated);
    const events = await runOn(planned);
    const finished = events.find((event) => event.type === 'case-finished');
    const failure = finished?.type === 'case-finished' ? finished.failure : undefined;
    const failed = failure
      ? [`failed at step ${failure.step?.id}: ${failure.message} ${JSON.stringify(failure.comparisons)}`]
      : [];
    return [...failed, ...differencesOf(planned, events)];
  } catch (thrown) {
    return [String(thrown)];
  }
}

test(`starts what the plan prints in ${SEEDS.length} generated scenarios`, async () => {
  const waiting = [...SEEDS];
  const failures: string[] = [];
  let started = 0;
  const work = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      const generated = generate(seed);
      const problems = await problemsOf(generated);
      started += generated.yaml.split('\n').length;
      if (problems.length > 0)
        failures.push(`seed ${seed}, etcd ${generated.etcd}\n${generated.yaml}\n${problems.join('\n')}`);
    }
  };
  await Promise.all(Array.from({ length: 20 }, work));
  expect(started).toBeGreaterThan(SEEDS.length * 5);
  expect({ failed: failures.length, first: failures.slice(0, 3).join('\n\n') }).toEqual({ failed: 0, first: '' });
});
