/** etcd's flags, translated to the spelling of a member's version. */
import { nearest } from '../match';
import { FLAG_LINES } from './flag-table';
import { compareVersions, minorOf } from './version';

/** The newest line that the table knows; a newer etcd is taken to have its flags. */
const NEWEST_LINE = '3.7';

/** Flags that became feature gates in 3.6 (etcd's tests/framework/e2e/config.go does the same translation). */
const FEATURE_GATES: Readonly<Record<string, string>> = {
  'initial-corrupt-check': 'InitialCorruptCheck',
  'compact-hash-check-enabled': 'CompactHashCheck',
  'enable-lease-checkpoint': 'LeaseCheckpoint',
  'enable-lease-checkpoint-persist': 'LeaseCheckpointPersist',
  'stop-grpc-service-on-defrag': 'StopGRPCServiceOnDefrag',
  'txn-mode-write-with-shared-buffer': 'TxnModeWriteWithSharedBuffer',
};

/** The lines that have a flag, in either spelling; none for what is no flag of etcd's. */
export function flagLines(name: string): (readonly [first: string, last: string])[] {
  const bare = name.replace(/^experimental-/, '');
  return [bare, `experimental-${bare}`].flatMap((flag) => {
    const lines = Object.hasOwn(FLAG_LINES, flag) ? FLAG_LINES[flag] : undefined;
    return lines ? [lines] : [];
  });
}

type Spelling = { flag: string } | { gate: string } | { lacking: string };

/** How a version spells a flag, or why it can't. */
export function spell(version: string, name: string): Spelling {
  const bare = name.replace(/^experimental-/, '');
  const gate = Object.hasOwn(FEATURE_GATES, bare) ? FEATURE_GATES[bare] : undefined;
  const line = lineOf(version);
  if (gate !== undefined && compareVersions(line, '3.6') >= 0) return { gate };
  for (const flag of [bare, `experimental-${bare}`]) if (knows(line, flag)) return { flag };
  return { lacking: whyLacking(line, name, bare) };
}

/**
 * The arguments for these flags, in the order as written; feature gates are joined into one. A flag that the version
 * lacks stays as it is written: where it gets this far, the drill wants to see what etcd says of it.
 */
export function flagArguments(version: string, flags: Record<string, string>): string[] {
  const args: string[] = [];
  const gates: string[] = [];
  for (const [name, value] of Object.entries(flags)) {
    const spelling = spell(version, name);
    if ('lacking' in spelling) args.push(`--${name}=${value}`);
    else if ('gate' in spelling) gates.push(`${spelling.gate}=${value}`);
    else if (spelling.flag === 'feature-gates') gates.push(value);
    else args.push(`--${spelling.flag}=${value}`);
  }
  return gates.length === 0 ? args : [...args, `--feature-gates=${gates.join(',')}`];
}

function lineOf(version: string): string {
  const line = minorOf(version);
  return compareVersions(line, NEWEST_LINE) > 0 ? NEWEST_LINE : line;
}

function knows(line: string, flag: string): boolean {
  const lines = Object.hasOwn(FLAG_LINES, flag) ? FLAG_LINES[flag] : undefined;
  return lines !== undefined && compareVersions(line, lines[0]) >= 0 && compareVersions(line, lines[1]) <= 0;
}

function whyLacking(line: string, name: string, bare: string): string {
  const ranges = [bare, `experimental-${bare}`].flatMap((flag) => {
    const lines = Object.hasOwn(FLAG_LINES, flag) ? FLAG_LINES[flag] : undefined;
    return lines ? [`--${flag} is in etcd ${lines[0] === lines[1] ? lines[0] : `${lines[0]} to ${lines[1]}`}`] : [];
  });
  if (ranges.length > 0) return `etcd ${line} has no flag --${name} (${ranges.join('; ')})`;
  const near = nearest(name, Object.keys(FLAG_LINES));
  return `etcd has no flag --${name}${near ? `; did you mean \`${near}\`?` : ''}`;
}
