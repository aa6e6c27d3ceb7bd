/** `vars: {x: {secret: true, env: NAME}}`: what is known of a secret by reading is where it comes from, and nothing else. */
import { ScenarioError } from '../../src/errors';
import { withPasswords } from '../../src/library/passwords';
import { planCases } from '../../src/run/plan';
import { runbookMarkdown } from '../../src/runbook/markdown';
import { overview } from '../../src/runbook/overview';
import { load, messagesOf, scenarioOf } from './fixture';

const head = (vars: string, steps: string): string =>
  `name: A drill\nmembers: 1\nvars:\n  token: ${vars}\nsteps:\n  - start: all\n${steps}`;
const SECRET = '{secret: true, env: TOKEN}';
const USED = head(SECRET, '  - put: {key: foo, value: "a ${vars.token} b"}\n');

const planned = (text: string): ReturnType<typeof planCases>['cases'] =>
  planCases([scenarioOf(text)], { etcd: undefined, defaultEtcd: ['3.5.35'], repeat: 1 }).cases;

it.each([
  ['{secret: true}', 'a secret variable lacks `env`'],
  ['{env: TOKEN}', 'a variable from the environment is secret: `secret` has to be true'],
  ['{secret: false, env: TOKEN}', 'a variable from the environment is secret: `secret` has to be true'],
  ['{secret: true, env: TO-KEN}', '`env` takes the name of an environment variable'],
  ['{secret: true, env: T, default: x}', 'unexpected key `default` in a secret variable'],
])('refuses %s', (vars, message) => {
  expect(messagesOf(head(vars, ''))).toEqual([expect.stringContaining(message)]);
});

it.each([
  ['name: "${vars.token}"\nmembers: 1\n', '`vars.token` is secret, and can stand only in the arguments of steps'],
  ['name: x\nmembers: 1\nflags: {max-wals: "${vars.token}"}\n', 'is secret, and can stand only'],
])('refuses a secret outside of steps: %j', (top, message) => {
  const text = `${top}vars: {token: ${SECRET}}\nsteps:\n  - start: all\n`;
  expect(messagesOf(text)).toEqual([expect.stringContaining(message)]);
});

it('refuses a value of the command line', () => {
  const { problems } = load(USED, { token: 'typed' });
  expect(problems.map(({ message }) => message)).toEqual([
    'the variable `token` is secret: no file and no command line gives its value',
  ]);
  expect(problems[0]?.hint).toBe('set the environment variable TOKEN instead');
});

it('refuses the name by which the loader hands a secret on', () => {
  expect(messagesOf(head(SECRET, '  - put: {key: a, value: "${secrets.HOME}"}\n'))).toEqual([
    expect.stringContaining('`${secrets.HOME}` is nothing'),
  ]);
});

it('names the environment variable in the plan and in the runbook', () => {
  const [one] = planned(USED);
  if (!one) throw new Error('no case');
  expect(JSON.stringify(overview(one).steps)).toContain('a $TOKEN b');
  const text = runbookMarkdown(one);
  expect(text).toContain('put foo "a $TOKEN b"');
  expect(text).toContain('`$TOKEN` is a secret: set it in your shell.');
});

it('is read when a case runs, and points at the place where it is missing', () => {
  const cases = planned(USED);
  expect([...(withPasswords(cases, { TOKEN: 'x y' })[0]?.secrets ?? [])]).toEqual([['TOKEN', 'x y']]);
  for (const env of [{}, { TOKEN: '' }]) {
    const thrown = ((): unknown => {
      try {
        return withPasswords(cases, env);
      } catch (error) {
        return error;
      }
    })();
    expect((thrown as ScenarioError).problems).toMatchObject([
      { message: expect.stringMatching(/TOKEN is (not set|empty)/) as unknown, place: { line: 4 } },
    ]);
  }
});

it('binds a step with the value, as text', () => {
  const [, put] = scenarioOf(USED).steps;
  const scope = { results: new Map(), skipped: new Set<string>(), repeatIndex: undefined };
  expect(put?.bind({ ...scope, secrets: new Map([['TOKEN', '${x} 7']]) }).sentence()).toContain('a ${x} 7 b');
  expect(() => put?.bind(scope)).toThrow('the environment variable TOKEN was not read');
});
