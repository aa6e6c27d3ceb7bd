/** Passwords, from the environment of whoever calls: never from a file, never on a command line. */
import { PLAIN } from '../cluster/security';
import { ScenarioError, type Problem } from '../errors';
import type { PlannedCase } from '../run/plan';
import { problemAt } from '../scenario/parse';

/** The cases with their passwords. Throws ScenarioError, which points at the place, for one that is not there. */
export function withPasswords(
  cases: readonly PlannedCase[],
  env: Readonly<Record<string, string | undefined>>,
): PlannedCase[] {
  const missing = new Map<object, Problem>();
  const ready = cases.map((planned) => {
    const { source, auth } = planned.scenario;
    if (!auth || planned.skip !== undefined) return planned;
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
