/**
 * The scripts of the shipped straight drills run by themselves and pass; with a drill's decisive step sabotaged they
 * end with exit code 1 and say what differed, in the words of the runner.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { cli, ETCD, execute, filesUnder, labelled, temporaryFolder, write, type Answer } from './helpers';
import { FOLDER, sabotaged, SABOTAGES } from './sabotages';

const SIDE_BY_SIDE = 3;
const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Scenarios with steps that have no form as a script: `repeat`, `compact`, `defrag`, `alarm-disarm`. */
const WITHOUT_FORM = ['recovery/nospace.yaml'];
/** The straight scenarios; those of upgrades need an action or a version that a script has not. */
const isStraight = (drill: string): boolean =>
  /^(bootstrap|membership|recovery)\//.test(drill) && !WITHOUT_FORM.includes(drill);
const SHIPPED = filesUnder(FOLDER)
  .map((file) => relative(FOLDER, file))
  .filter(isStraight);
/** 3.3 differs most: another etcdctl, another log, and an ID that JSON would round. */
const ON_OLD = ['bootstrap/static.yaml', 'bootstrap/both-new-mismatch.yaml', 'recovery/majority-from-snapshot.yaml'];

/** Scenarios whose runbook once differed from the run; on the versions that differ in their tools. */
const RUNBOOKS = ['after-wipe-all.yaml', 'with-auth.yaml'].flatMap((file) =>
  ['3.4.23', ETCD, '3.6.16'].map((etcd) => ({ file, etcd })),
);
/** What the scripts of scenarios with `auth` take the password from. */
const ENV = { ROOT_PASSWORD: 's3cret-for-tests' };

interface Script {
  name: string;
  yaml: string;
  etcd: string;
}

const name = (drill: string, etcd: string): string => `${drill} on ${etcd}`;
const SHIPPED_SCRIPTS: Script[] = [
  ...SHIPPED.map((drill) => ({ drill, etcd: ETCD })),
  ...ON_OLD.map((drill) => ({ drill, etcd: '3.3.25' })),
].map(({ drill, etcd }) => ({ name: name(drill, etcd), yaml: readFileSync(join(FOLDER, drill), 'utf8'), etcd }));
const PASSING: Script[] = [
  ...SHIPPED_SCRIPTS,
  ...RUNBOOKS.map(({ file, etcd }) => ({
    name: name(file, etcd),
    yaml: readFileSync(join(__dirname, 'runbooks', file), 'utf8'),
    etcd,
  })),
];
/** The first sabotage of each drill. */
const FAILING: Script[] = Object.entries(SABOTAGES)
  .filter(([, { drill }]) => isStraight(drill))
  .filter(([, { drill }], i, all) => all.findIndex(([, other]) => other.drill === drill) === i)
  .map(([what, sabotage]) => ({ name: what, yaml: sabotaged(sabotage), etcd: sabotage.etcd ?? ETCD }));

interface Outcome {
  /** Undefined where no script was written. */
  ran: Answer | undefined;
  written: Answer;
}
const outcomes = new Map<string, Outcome>();

async function writeAndRun({ name: title, yaml, etcd }: Script, number: number): Promise<void> {
  write(join(folder, `${number}.yaml`), yaml);
  const written = await cli(['runbook', `${number}.yaml`, '--format', 'sh', '--etcd', etcd, '--out', `${number}.sh`], {
    cwd: folder,
  });
  const ran =
    written.exitCode === 0
      ? await execute('bash', ['-c', 'echo pid $$; exec bash "$0"', join(folder, `${number}.sh`)], { env: ENV })
      : undefined;
  outcomes.set(title, { ran, written });
}

beforeAll(async () => {
  const waiting = [...PASSING, ...FAILING].map((script, i) => [script, i] as const);
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await writeAndRun(...next);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
}, 900_000);

describe('a script that passes', () => {
  test.each(PASSING.map(({ name: title }) => [title]))('%s', (title) => {
    const { ran, written } = outcomes.get(title) ?? {};
    expect({ exitCode: ran?.exitCode, stderr: ran?.stderr, written: written?.stderr }).toEqual({
      exitCode: 0,
      stderr: '',
      written: '',
    });
    expect(ran?.stdout).toMatch(/\npassed: \d+ steps came out as written, on etcd [\d.]+\n$/);
  });
});

/** What a script does not say, because the differences below it say it. */
const GENERIC = ['the cluster is not as expected', 'is not as expected', 'it succeeded, although', 'it failed, but'];

describe('a sabotaged script says what differed', () => {
  test.each(FAILING.map(({ name: title, yaml }) => [title, yaml]))('%s', (title, yaml) => {
    const { ran, written } = outcomes.get(title) ?? {};
    const sabotage = SABOTAGES[title];
    if (!sabotage) throw new Error(title);
    expect({ exitCode: ran?.exitCode, written: written?.stderr }).toEqual({ exitCode: 1, written: '' });
    const lines = (ran?.stderr ?? '').split('\n').map((line) => line.trim());
    const place = /^FAILED at step [\w.]+, \d+\.yaml:(\d+): /.exec(
      lines.find((line) => line.startsWith('FAILED')) ?? '',
    );
    expect(yaml.split('\n')[Number(place?.[1]) - 1]).toContain(sabotage.at);
    const { message, comparisons = [] } = sabotage;
    const isGeneric = typeof message === 'string' && GENERIC.some((words) => message.includes(words));
    for (const wanted of [...(isGeneric ? [] : [message]), ...comparisons]) {
      const said = lines.some((line) => (typeof wanted === 'string' ? line.includes(wanted) : wanted.test(line)));
      expect({ wanted, said: said || ran?.stderr }).toEqual({ wanted, said: true });
    }
  });
});

test('nothing is left of them', async () => {
  const pids = [...outcomes.values()].flatMap(({ ran }) => /^pid (\d+)/.exec(ran?.stdout ?? '')?.[1] ?? []);
  expect(pids.length).toBeGreaterThan(ON_OLD.length);
  const found = await labelled('etcd-scenarios.script');
  expect(found.filter((one) => pids.some((pid) => one.includes(`etcd-drill-${pid}-`)))).toEqual([]);
});
