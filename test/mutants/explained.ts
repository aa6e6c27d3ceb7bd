/** The survivors that have a reason: `explained.yaml`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import type { Mutant } from './generate';

export interface Explanation {
  because: string;
  /** It is red at times: a race that decides. */
  sometimes: boolean;
}

export type Explained = ReadonlyMap<string, Explanation>;

const FILE = join(__dirname, 'explained.yaml');

export const keyOf = ({ scenario, what }: Pick<Mutant, 'scenario' | 'what'>): string => `${scenario}: ${what}`;

/** Throws where an entry is not a sentence, or `{because, sometimes}`. */
export function readExplained(text = readFileSync(FILE, 'utf8')): Explained {
  const scenarios = (load(text) ?? {}) as Record<string, Record<string, unknown>>;
  const entries = Object.entries(scenarios).flatMap(([scenario, mutants]) =>
    Object.entries(mutants ?? {}).map(
      ([what, reason]) => [keyOf({ scenario, what }), explanationOf(what, reason)] as const,
    ),
  );
  return new Map(entries);
}

function explanationOf(what: string, reason: unknown): Explanation {
  if (typeof reason === 'string' && reason !== '') return { because: reason, sometimes: false };
  const { because, sometimes } = (reason ?? {}) as Partial<Explanation>;
  if (typeof because === 'string' && because !== '' && sometimes === true) return { because, sometimes };
  throw new Error(`explained.yaml: "${what}" needs a reason: a sentence, or {because: …, sometimes: true}`);
}

export type Outcome = 'refused' | 'red' | 'green' | 'no verdict';

export interface Judged {
  /** Green, and nobody says why. */
  unexplained: Mutant[];
  explained: Mutant[];
  /** Explanations of mutants that are not green, or that do not exist any more. */
  stale: string[];
  /** Neither green nor red: the environment failed, or the run was interrupted. */
  without: Mutant[];
}

/** Compares what became of mutants with the explanations; `all` are those that could have been chosen. */
export function judge(outcomes: ReadonlyMap<Mutant, Outcome>, all: readonly Mutant[], explained: Explained): Judged {
  const scenarios = new Set(all.map(({ scenario }) => scenario));
  const keys = new Set(all.map(keyOf));
  const of = (outcome: Outcome): Mutant[] => [...outcomes].filter(([, found]) => found === outcome).map(([one]) => one);
  const green = of('green');
  const killed = new Set([...of('refused'), ...of('red')].map(keyOf));
  const stale = [...explained].filter(([key, { sometimes }]) => {
    if (!scenarios.has(key.slice(0, key.indexOf(': ')))) return false;
    return !keys.has(key) || (killed.has(key) && !sometimes);
  });
  return {
    unexplained: green.filter((mutant) => !explained.has(keyOf(mutant))),
    explained: green.filter((mutant) => explained.has(keyOf(mutant))),
    stale: stale.map(([key]) => key),
    without: of('no verdict'),
  };
}
