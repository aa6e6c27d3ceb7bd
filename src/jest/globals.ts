/** What is used of jest: its globals, or, where a project has switched those off, its module. */
import { UsageError } from '../errors';

type TestBody = () => unknown;

export interface JestGlobals {
  test: ((name: string, body: TestBody, timeoutMs?: number) => void) & {
    skip(name: string, body: TestBody): void;
    concurrent(name: string, body: () => Promise<unknown>, timeoutMs?: number): void;
  };
  afterAll(body: TestBody, timeoutMs?: number): void;
  expect: { getState(): { testPath?: string } };
}

/** Throws UsageError outside of jest. */
export function jestGlobals(): JestGlobals {
  const globals = globalThis as Partial<JestGlobals>;
  if (globals.test && globals.afterAll && globals.expect) return globals as JestGlobals;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('@jest/globals') as JestGlobals;
  } catch {
    throw new UsageError('drills() makes jest tests: it is to be called in a test file that jest runs');
  }
}
