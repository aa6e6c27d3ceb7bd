/** The examples of the reference, each as a drill on real etcd: what a reader copies has to work. */
import { exampleDrill } from '../../src/library/reference';
import { STEPS } from '../../src/steps';
import { runDrills, type DrillRun } from './helpers';

// One that names other files is run by the tests of parts.
const EXAMPLES = [...STEPS.values()]
  .filter(({ exampleFiles }) => !exampleFiles)
  .map(({ name, example, exampleEtcd }) => [name, exampleDrill(example, exampleEtcd)] as const);

let examples: DrillRun;

beforeAll(async () => {
  examples = await runDrills(Object.fromEntries(EXAMPLES));
}, 600_000);

test.each(EXAMPLES)('the example of %s passes', (name) => {
  expect(examples.case(name).finished).toMatchObject({ failure: null, further: [], verdict: 'passed' });
});
