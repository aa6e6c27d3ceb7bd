/** Passwords and secret variables, from the environment of whoever calls: never from a file, never on a command line. */
import { PLAIN } from '../cluster/security';
import { ScenarioError, type Problem } from '../errors';
import type { PlannedCase } from '../run/plan';
import { problemAt } from '../scenario/parse';

/** The cases with their passwords and secrets. Throws ScenarioError, which points at the place, for one that is not there. */
export function withPasswords(
  cases: readonly PlannedCase[],
  env: Readonly<Record<string, string | undefined>>,
): PlannedCase[] {
  const missing = new Map<object, Problem>();
  const ready = cases.map((each) => {
    if (each.skip !== undefined) return each;
    const planned = { ...each, secrets: secretsOf(each, env, missing) };
    const { source, auth } = planned.scenario;
    if (!auth) return planned;
    const { user, passwordEnv: name, at } = auth;
    const password = env[name];
    if (password !== undefined && password !== '') {
      return { ...planned, security: { ...PLAIN, auth: { username: user, password } } };
    }
    const message = `the environment variable ${name} is ${password === '' ? 'empty' : 'not set'}`;
    missing.set(source, problemAt(source, at, 'auth', message, `it has to hold the password of the user ${user}`));
    return planned;
  });
  if (missing.size > 0) throw new ScenarioError([...missing.values()]);
  return ready;
}

/** The values of the case's secret variables; one that is not there is added to `missing`. */
function secretsOf(
  { scenario }: PlannedCase,
  env: Readonly<Record<string, string | undefined>>,
  missing: Map<object, Problem>,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { env: name, source, at } of scenario.secrets) {
    const value = env[name];
    if (value !== undefined && value !== '') values.set(name, value);
    else {
      const message = `the environment variable ${name} is ${value === '' ? 'empty' : 'not set'}`;
      const hint = 'set it to the value of the secret variable';
      missing.set(at, problemAt(source, at, 'variable-value', message, hint));
    }
  }
  return values;
}
