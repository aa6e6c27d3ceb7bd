import { FLAG_LINES } from '../../src/cluster/flag-table';
import { flagArguments, spell } from '../../src/cluster/flags';

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
    ['log-output', ['--log-output', '-', '-', '-', '-']],
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

  it('is told from one that never was', () => {
    const lacking = (version: string, name: string): string => {
      const spelling = spell(version, name);
      return 'lacking' in spelling ? spelling.lacking : 'known';
    };
    expect(lacking('3.3.25', 'pre-vote')).toBe('etcd 3.3 has no flag --pre-vote (--pre-vote is in etcd 3.4 to 3.7)');
    expect(lacking('3.4.23', 'log-output')).toBe('etcd 3.4 has no flag --log-output (--log-output is in etcd 3.3)');
    expect(lacking('3.3.25', 'compaction-batch-limit')).toBe(
      'etcd 3.3 has no flag --compaction-batch-limit (--compaction-batch-limit is in etcd 3.6 to 3.7; ' +
        '--experimental-compaction-batch-limit is in etcd 3.4 to 3.6)',
    );
    expect(lacking('3.5.35', 'snapshot-cuont')).toBe(
      'etcd has no flag --snapshot-cuont; did you mean `snapshot-count`?',
    );
    expect(lacking('3.5.35', 'frobnicate')).toBe('etcd has no flag --frobnicate');
  });

  it('of a newer etcd is that of the newest that is known; of an older one it is lacking', () => {
    expect(spell('3.12.0', 'max-learners')).toEqual({ flag: 'max-learners' });
    expect(spell('4.0.0', 'initial-corrupt-check')).toEqual({ gate: 'InitialCorruptCheck' });
    expect(spell('3.2.0', 'snapshot-count')).toHaveProperty('lacking');
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
  it('is sorted, and its lines are in order', () => {
    expect(Object.keys(FLAG_LINES)).toEqual(Object.keys(FLAG_LINES).toSorted());
    const lines = ['3.3', '3.4', '3.5', '3.6', '3.7'];
    for (const [flag, [first, last]] of Object.entries(FLAG_LINES)) {
      expect({ flag, fine: lines.includes(first) && lines.includes(last) && first <= last }).toEqual({
        flag,
        fine: true,
      });
    }
  });
});
