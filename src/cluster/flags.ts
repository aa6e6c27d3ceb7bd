/** etcd's flags, translated to the spelling of a member's version. */
import { nearest } from '../match';
import { FLAG_RANGES, IGNORED_FLAGS, NEWEST_KNOWN, type FlagRange } from './flag-table';
import { compareVersions, minorOf } from './version';

/** Flags that became feature gates in 3.6 (etcd's tests/framework/e2e/config.go does the same translation). */
const FEATURE_GATES: Readonly<Record<string, string>> = {
  'initial-corrupt-check': 'InitialCorruptCheck',
  'compact-hash-check-enabled': 'CompactHashCheck',
  'enable-lease-checkpoint': 'LeaseCheckpoint',
  'enable-lease-checkpoint-persist': 'LeaseCheckpointPersist',
  'stop-grpc-service-on-defrag': 'StopGRPCServiceOnDefrag',
  'txn-mode-write-with-shared-buffer': 'TxnModeWriteWithSharedBuffer',
};

/** True for a flag that some version of etcd has, in either spelling. */
export function isFlag(name: string): boolean {
  return IGNORED_FLAGS.has(name) || spellings(name).some((flag) => rangesOf(flag).length > 0);
}

/** The name among etcd's flags that is meant, if one is near enough; else undefined. */
export function nearestFlag(name: string): string | undefined {
  return nearest(name, Object.keys(FLAG_RANGES));
}

/** What images said of flags, by version and flag. It overrides the table: an image may be a build of its own. */
const measured = new Map<string, boolean>();

/** Keeps what the image of a version says of a flag, for this process. */
export function learnFlag(version: string, flag: string, has: boolean): void {
  measured.set(`${version} ${flag}`, has);
}

/** True where the image of a version was asked for a flag. */
export function knowsFlag(version: string, flag: string): boolean {
  return measured.has(`${version} ${flag}`);
}

/**
 * How a version spells a flag. `lacking`: this very version certainly lacks it, and why. `unknown`: whether it has the
 * flag is not known, and what is known; the flag is passed on as written.
 */
export type Spelling = { flag: string } | { gate: string } | { lacking: string } | { unknown: string };

/** How a version spells a flag, or why it can't. */
export function spell(version: string, name: string): Spelling {
  const said = measured.get(`${version} ${name}`);
  if (said === true) return { flag: name };
  if (said === false) return { lacking: `the image of etcd ${version} has no flag --${name}${guess(name)}` };
  const bare = name.replace(/^experimental-/, '');
  const gate = Object.hasOwn(FEATURE_GATES, bare) ? FEATURE_GATES[bare] : undefined;
  if (gate !== undefined && compareVersions(version, '3.6') >= 0) return { gate };
  if (IGNORED_FLAGS.has(name)) return { flag: name };
  const known = spellings(name).map((flag) => ({ flag, presence: presenceOf(flag, version) }));
  const present = known.find(({ presence }) => presence === 'present');
  if (present) return { flag: present.flag };
  const ranges = rangesText(name);
  if (ranges === '') {
    return { unknown: `no known version of etcd has the flag --${name}${guess(name)}` };
  }
  if (known.some(({ presence }) => presence === 'unknown')) {
    return { unknown: `it is not known whether etcd ${version} has the flag --${name} (${ranges})` };
  }
  return { lacking: `etcd ${version} has no flag --${name} (${ranges})` };
}

function guess(name: string): string {
  const near = isFlag(name) ? undefined : nearestFlag(name);
  return near === undefined ? '' : `; did you mean \`${near}\`?`;
}

/**
 * The arguments for these flags, in the order as written; feature gates are joined into one. A flag that the version
 * lacks, or that is not known, stays as it is written.
 */
export function flagArguments(version: string, flags: Record<string, string>): string[] {
  const args: string[] = [];
  const gates: string[] = [];
  for (const [name, value] of Object.entries(flags)) {
    const spelling = spell(version, name);
    if ('gate' in spelling) gates.push(`${spelling.gate}=${value}`);
    else if (!('flag' in spelling)) args.push(`--${name}=${value}`);
    else if (spelling.flag === 'feature-gates') gates.push(value);
    else args.push(`--${spelling.flag}=${value}`);
  }
  return gates.length === 0 ? args : [...args, `--feature-gates=${gates.join(',')}`];
}

/** The name with and without `experimental-`, the final one first. */
function spellings(name: string): readonly [bare: string, experimental: string] {
  const bare = name.replace(/^experimental-/, '');
  return [bare, `experimental-${bare}`];
}

function rangesOf(flag: string): readonly FlagRange[] {
  return Object.hasOwn(FLAG_RANGES, flag) ? (FLAG_RANGES[flag] ?? []) : [];
}

type Presence = 'present' | 'absent' | 'unknown';

/** `unknown` only where the flag may have come: what was removed in a version before does not come back. */
function presenceOf(flag: string, version: string): Presence {
  const ranges = rangesOf(flag);
  const minor = minorOf(version);
  for (const [first, last, unsure] of ranges) {
    if (compareVersions(minor, last) > 0) continue;
    if (compareVersions(version, first) >= 0) return 'present';
    if (unsure !== undefined && compareVersions(version, unsure) >= 0) return 'unknown';
  }
  const newest = ranges.at(-1);
  if (newest === undefined) return 'absent';
  const isOfNewestMinor = newest[1] === NEWEST_MINOR;
  if (compareVersions(minor, newest[1]) > 0) return isOfNewestMinor ? 'present' : 'absent';
  const known = NEWEST_KNOWN[minor];
  return known === undefined || compareVersions(version, known) > 0 ? 'unknown' : 'absent';
}

/** The newest minor version that the table knows; a newer etcd is taken to have its flags. */
const NEWEST_MINOR = Object.keys(NEWEST_KNOWN).at(-1);

/** `--pre-vote is in etcd 3.4 to 3.7`, for both spellings. */
function rangesText(name: string): string {
  return spellings(name)
    .flatMap((flag) => {
      const ranges = rangesOf(flag).map(([first, last]) => rangeText(first, last));
      return ranges.length === 0 ? [] : [`--${flag} is in etcd ${ranges.join(' and ')}`];
    })
    .join('; ');
}

function rangeText(first: string, last: string): string {
  if (first === last) return first;
  return minorOf(first) === last ? `${first} and later ${last}` : `${first} to ${last}`;
}
