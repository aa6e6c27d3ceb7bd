import { FLAG_RANGES, NEWEST_KNOWN } from '../../src/cluster/flag-table';
import { flagArguments, spell } from '../../src/cluster/flags';
import { minorOf } from '../../src/version';

const VERSIONS = ['3.3.25', '3.4.23', '3.5.35', '3.6.16', '3.7.3'];

/** How each version spells it: `--flag`, `gate X`, or `-` for none. */
function spellings(name: string): string[] {
  return VERSIONS.map((version) => {
    const spelling = spell(version, name);
    return 'flag' in spelling ? `--${spelling.flag}` : 'gate' in spelling ? `gate ${spelling.gate}` : '-';
  });
}

describe('a flag in the spelling of 3.3, 3.4, 3.5, 3.6 and 3.7', () => {
  const same = (flag: string): string[] => VERSIONS.map(() => flag);
  it.each([
    ['snapshot-count', same('--snapshot-count')],
    ['experimental-snapshot-count', same('--snapshot-count')],
    ['pre-vote', ['-', ...same('--pre-vote').slice(1)]],
    ['enable-v2', ['--enable-v2', '--enable-v2', '--enable-v2', '-', '-']],
    ['log-output', ['--log-output', '--log-output', '-', '-', '-']],
    ['config', same('--config')],
    ['log-outputs', ['-', ...same('--log-outputs').slice(1)]],
    ['max-learners', ['-', '-', '-', '--max-learners', '--max-learners']],
    [
      'corrupt-check-time',
      [...same('--experimental-corrupt-check-time').slice(2), '--corrupt-check-time', '--corrupt-check-time'],
    ],
    [
      'experimental-compaction-batch-limit',
      [
        '-',
        ...same('--experimental-compaction-batch-limit').slice(3),
        '--compaction-batch-limit',
        '--compaction-batch-limit',
      ],
    ],
    [
      'backend-bbolt-freelist-type',
      ['-', '--experimental-backend-bbolt-freelist-type', ...same('--backend-bbolt-freelist-type').slice(2)],
    ],
    [
      'initial-corrupt-check',
      [
        ...same('--experimental-initial-corrupt-check').slice(2),
        'gate InitialCorruptCheck',
        'gate InitialCorruptCheck',
      ],
    ],
    [
      'experimental-compact-hash-check-enabled',
      ['-', '-', '--experimental-compact-hash-check-enabled', 'gate CompactHashCheck', 'gate CompactHashCheck'],
    ],
    ['feature-gates', ['-', '-', '-', '--feature-gates', '--feature-gates']],
    ['constructor', same('-')],
    ['__proto__', same('-')],
    ['toString', same('-')],
    ['', same('-')],
  ])('%s', (name, expected) => {
    expect(spellings(name)).toEqual(expected);
  });

  it('is an error only where that very version lacks it, and unknown where it may have it', () => {
    const said = (version: string, name: string): string => {
      const spelling = spell(version, name);
      if ('lacking' in spelling) return `lacking: ${spelling.lacking}`;
      return 'unknown' in spelling ? `unknown: ${spelling.unknown}` : 'known';
    };
    expect(said('3.3.25', 'pre-vote')).toBe(
      'lacking: etcd 3.3.25 has no flag --pre-vote (--pre-vote is in etcd 3.4 to 3.7)',
    );
    expect(said('3.3.25', 'compaction-batch-limit')).toBe(
      'lacking: etcd 3.3.25 has no flag --compaction-batch-limit (--compaction-batch-limit is in etcd 3.6 to 3.7; ' +
        '--experimental-compaction-batch-limit is in etcd 3.4 to 3.6)',
    );
    expect(said('3.5.35', 'snapshot-cuont')).toBe(
      'unknown: no known version of etcd has the flag --snapshot-cuont; did you mean `snapshot-count`?',
    );
    expect(said('3.5.35', 'frobnicate')).toBe('unknown: no known version of etcd has the flag --frobnicate');
  });

  it.each<[string, string, 'flag' | 'lacking' | 'unknown']>([
    ['next-cluster-version-compatible', '3.4.23', 'lacking'],
    ['next-cluster-version-compatible', '3.4.31', 'unknown'],
    ['next-cluster-version-compatible', '3.4.32', 'flag'],
    ['next-cluster-version-compatible', '3.5.35', 'lacking'],
    ['max-concurrent-streams', '3.4.19', 'lacking'],
    ['max-concurrent-streams', '3.4.20', 'flag'],
    ['max-concurrent-streams', '3.5.4', 'lacking'],
    ['max-concurrent-streams', '3.5.5', 'flag'],
    ['listen-client-http-urls', '3.5.7', 'lacking'],
    ['listen-client-http-urls', '3.5.8', 'flag'],
    // Backported to 3.4 after the newest 3.4 whose flags are known.
    ['tls-min-version', '3.4.23', 'lacking'],
    ['tls-min-version', '3.4.33', 'unknown'],
    ['experimental-compaction-sleep-interval', '3.5.15', 'lacking'],
    ['experimental-compaction-sleep-interval', '3.5.16', 'flag'],
    ['experimental-peer-skip-client-san-verification', '3.3.13', 'lacking'],
    ['experimental-peer-skip-client-san-verification', '3.3.15', 'unknown'],
    ['experimental-peer-skip-client-san-verification', '3.3.18', 'flag'],
    // What was removed does not come back.
    ['enable-v2', '3.6.99', 'lacking'],
    ['ca-file', '3.4.33', 'lacking'],
    ['pre-vote', '3.3.99', 'unknown'],
    ['config-file', '3.3.25', 'flag'],
  ])('%s in %s: %s', (name, version, expected) => {
    expect(Object.keys(spell(version, name))).toEqual([expected]);
  });

  it('of a newer etcd is that of the newest that is known; of an older one it is not known', () => {
    expect(spell('3.12.0', 'max-learners')).toEqual({ flag: 'max-learners' });
    expect(spell('4.0.0', 'initial-corrupt-check')).toEqual({ gate: 'InitialCorruptCheck' });
    expect(spell('3.2.0', 'snapshot-count')).toHaveProperty('unknown');
  });
});

describe('arguments', () => {
  it('keep the order as written, and join feature gates at the end', () => {
    const flags = {
      'initial-corrupt-check': 'true',
      'snapshot-count': '5',
      'feature-gates': 'A=true',
      'compact-hash-check-enabled': 'false',
    };
    expect(flagArguments('3.6.16', flags)).toEqual([
      '--snapshot-count=5',
      '--feature-gates=InitialCorruptCheck=true,A=true,CompactHashCheck=false',
    ]);
    expect(flagArguments('3.5.35', { 'initial-corrupt-check': 'true', 'snapshot-count': '5' })).toEqual([
      '--experimental-initial-corrupt-check=true',
      '--snapshot-count=5',
    ]);
  });

  it('pass on what the version lacks, for a drill that wants it refused', () => {
    expect(flagArguments('3.3.25', { 'pre-vote': 'true' })).toEqual(['--pre-vote=true']);
  });

  it('take values as they are', () => {
    expect(flagArguments('3.5.35', { cors: 'a,b=c d', metrics: '' })).toEqual(['--cors=a,b=c d', '--metrics=']);
    expect(flagArguments('3.5.35', {})).toEqual([]);
  });
});

describe('the table', () => {
  it('is sorted, and its ranges are in order', () => {
    expect(Object.keys(FLAG_RANGES)).toEqual(Object.keys(FLAG_RANGES).toSorted());
    const minors = Object.keys(NEWEST_KNOWN);
    const wrong = Object.entries(FLAG_RANGES).flatMap(([flag, ranges]) => {
      const bounds = ranges.flatMap(([first, last, unsure]) => [
        ...(unsure === undefined ? [] : [unsure]),
        first,
        last,
      ]);
      const isInOrder = bounds.every((bound, i) => i === 0 || minorOf(bounds[i - 1] ?? '') <= minorOf(bound));
      return isInOrder && ranges.length > 0 && bounds.every((bound) => minors.includes(minorOf(bound))) ? [] : [flag];
    });
    expect(wrong).toEqual([]);
  });

  it.each(Object.values(NEWEST_KNOWN))('knows of every flag whether %s has it', (version) => {
    const unsure = Object.keys(FLAG_RANGES).filter((name) => 'unknown' in spell(version, name));
    expect(unsure).toEqual([]);
  });
});
