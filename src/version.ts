/** etcd versions as people write them: `3.5.35`, `3.6`. */

/** `3.5` of `3.5.35`. */
export function minorOf(version: string): string {
  const [major = '0', minor = '0'] = version.split('.');
  return `${major}.${minor}`;
}

/** Negative, zero or positive as `a` is older than, equal to or newer than `b`; missing parts count as zero. */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** True where the version is of this minor line or a later one. */
export function atLeast(version: string, minimum: string): boolean {
  return compareVersions(version, minimum) >= 0;
}

const numbers = new Map<string, readonly number[]>();

/** Kept: the same few versions are compared thousands of times. */
function numbersOf(version: string): readonly number[] {
  const known = numbers.get(version);
  if (known) return known;
  const [core = ''] = version.split('-');
  const made = core.split('.').map(Number);
  numbers.set(version, made);
  return made;
}

const CLAUSE = /^(>=|<=|>|<|=)?\s*(\d+(?:\.\d+){0,2})$/;

/** True for a whole version such as `3.5.35` or `3.6.0-rc.1`. */
export function isFullVersion(text: string): boolean {
  return /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(text);
}

/** A range of versions as a test: `>=3.4`, `>=3.5.2 <3.6`. A bare `3.5` means the whole line. Undefined for no range. */
export function parseRange(text: string): ((version: string) => boolean) | undefined {
  const clauses = text
    .trim()
    .replace(/(>=|<=|>|<|=)\s+/g, '$1')
    .split(/\s+/)
    .map(parseClause);
  if (clauses.some((clause) => clause === undefined)) return undefined;
  return (version) => clauses.every((clause) => clause?.(version));
}

function parseClause(text: string): ((version: string) => boolean) | undefined {
  const [, operator = '=', wanted = ''] = CLAUSE.exec(text) ?? [];
  if (wanted === '') return undefined;
  const depth = wanted.split('.').length;
  const compare = (version: string): number =>
    compareVersions(version.split('-')[0]?.split('.').slice(0, depth).join('.') ?? '', wanted);
  switch (operator) {
    case '>=':
      return (version) => compareVersions(version, wanted) >= 0;
    case '<':
      return (version) => compareVersions(version, wanted) < 0;
    case '>':
      return (version) => compare(version) > 0;
    case '<=':
      return (version) => compare(version) <= 0;
    default:
      return (version) => compare(version) === 0;
  }
}
