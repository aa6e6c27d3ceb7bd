/** The examples of the reference, each as a drill on real etcd: what a reader copies has to work. */
import { exampleDrill } from '../../src/library/reference';
import { STEPS } from '../../src/steps';
import type { ResultField, StepResult } from '../../src/steps/step';
import { runDrills, type DrillRun } from './helpers';

// One that names other files is run by the tests of parts.
const EXAMPLES = [...STEPS.values()]
  .filter(({ exampleFiles }) => !exampleFiles)
  .map(({ name, example, exampleEtcd }) => [name, exampleDrill(example, exampleEtcd)] as const);

let examples: DrillRun;
/** What each action has left, all of its steps in all of the examples. */
const left = new Map<string, StepResult[]>();

/** Keeps what the steps leave; each is told that somebody uses it. */
function keepResults(): void {
  for (const step of STEPS.values()) {
    const bind = step.bind.bind(step);
    jest.spyOn(step, 'bind').mockImplementation((args) => {
      const bound = bind(args);
      return {
        ...bound,
        async run(context) {
          const result = await bound.run({ ...context, keepsResult: true });
          if (result) left.set(step.name, [...(left.get(step.name) ?? []), result]);
          return result;
        },
      };
    });
  }
}

beforeAll(async () => {
  keepResults();
  examples = await runDrills(Object.fromEntries(EXAMPLES));
  jest.restoreAllMocks();
}, 600_000);

test.each(EXAMPLES)('the example of %s passes', (name) => {
  expect(examples.case(name).finished).toMatchObject({ failure: null, further: [], verdict: 'passed' });
});

const IS: Readonly<Record<ResultField['is'], (value: unknown) => boolean>> = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value)),
  boolean: (value) => typeof value === 'boolean',
  names: (value) => Array.isArray(value) && value.length > 0 && value.every((name) => /^etcd-\d$/.test(String(name))),
};

test.each([...STEPS.values()].map(({ name, result }) => [name, result] as const))(
  'what %s leaves is what it says that it leaves',
  (name, declared) => {
    const results = left.get(name) ?? [];
    const fields = Object.entries(declared);
    expect(results.length > 0).toBe(fields.length > 0);
    for (const result of results) {
      expect(Object.keys(result).sort()).toEqual(Object.keys(declared).sort());
      const odd = fields.filter(([field, { is, description }]) => {
        const value = result[field];
        return value === null ? !description.includes('nothing') : !IS[is](value);
      });
      expect(odd.map(([field]) => [field, result[field]])).toEqual([]);
    }
  },
);
