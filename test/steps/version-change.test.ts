/** The rules of `upgrade` and `downgrade`: who may go where, in which order, and what becomes of flags. */
import {
  minorsBetween,
  nextInLine,
  respelled,
  whyFlagsLost,
  whyNoDowngrade,
  whyNoDowngradeRequest,
  whyNoUpgrade,
  whySkipped,
  type Waiting,
} from '../../src/steps/version-change';

const one = (version: string, member = 'etcd-1'): { member: string; version: string } => ({ member, version });

describe('the order', () => {
  const down = (member: string): Waiting => ({ member, up: false, learner: false });
  const learner = (member: string): Waiting => ({ member, up: true, learner: true });
  const voter = (member: string): Waiting => ({ member, up: true, learner: false });

  /** Swaps until nobody is left; leadership goes to who is named after an arrow: `etcd-1>etcd-2`. */
  const orderOf = (waiting: readonly Waiting[], leader: string | undefined): string[] => {
    const left = [...waiting];
    const order: string[] = [];
    for (let next = nextInLine(left, leader); next; next = nextInLine(left, leader)) {
      left.splice(left.indexOf(next), 1);
      order.push(next.member);
    }
    return order;
  };

  it.each<[string, Waiting[], string | undefined, string[]]>([
    ['is the author’s', [voter('c'), voter('a'), voter('b')], undefined, ['c', 'a', 'b']],
    ['has the leader last', [voter('a'), voter('b'), voter('c')], 'a', ['b', 'c', 'a']],
    ['has learners before followers', [voter('a'), voter('b'), learner('c')], 'a', ['c', 'b', 'a']],
    ['begins with those that are down', [voter('a'), learner('b'), down('c')], 'a', ['c', 'b', 'a']],
    ['of the leader alone is the leader', [voter('a')], 'a', ['a']],
    ['of nobody is over', [], 'a', []],
  ])('%s', (_, waiting, leader, expected) => {
    expect(orderOf(waiting, leader)).toEqual(expected);
  });

  it('follows the leadership, which may have moved meanwhile', () => {
    const waiting = [voter('a'), voter('b')];
    expect(nextInLine(waiting, 'a')?.member).toBe('b');
    expect(nextInLine(waiting, 'b')?.member).toBe('a');
  });
});

describe('an upgrade', () => {
  it.each([
    ['3.5.35', '3.6.16'],
    ['3.5.16', '3.5.35'],
    ['3.5.35', '3.5.35'],
  ])('may go from %s to %s', (from, to) => {
    expect(whyNoUpgrade(one(from), to)).toBeUndefined();
    expect(whySkipped([one(from)], to)).toBeUndefined();
  });

  it.each([
    ['3.6.16', '3.5.35'],
    ['3.5.35', '3.5.16'],
  ])('never goes down from %s to %s', (from, to) => {
    expect(whyNoUpgrade(one(from), to)).toContain(`etcd-1 runs etcd ${from}: going to ${to} is a downgrade`);
  });

  it('skips no minor version, not even beside a member that is left behind', () => {
    expect(whySkipped([one('3.4.23')], '3.6.16')).toContain(
      'etcd-1 runs etcd 3.4.23, and 3.6.16 skips a minor version',
    );
    expect(whySkipped([one('3.5.35'), one('3.4.23', 'etcd-2')], '3.6.16')).toContain('go to 3.5 first');
    expect(whySkipped([], '3.6.16')).toBeUndefined();
  });

  it('counts minor versions as numbers', () => {
    expect(minorsBetween('3.9.1', '3.10.0')).toBe(1);
    expect(minorsBetween('3.7.3', '3.5.35')).toBe(-2);
  });
});

describe('a downgrade', () => {
  it('never goes up', () => {
    expect(whyNoDowngrade(one('3.5.35'), '3.6.16')).toContain('going to 3.6.16 is an upgrade');
    expect(whyNoDowngrade(one('3.6.16'), '3.5.35')).toBeUndefined();
    expect(whyNoDowngrade(one('3.6.16'), '3.6.16')).toBeUndefined();
  });

  it('is asked for from 3.6 on alone, and 3.5 has a reason of its own', () => {
    expect(whyNoDowngradeRequest(one('3.6.0'))).toBeUndefined();
    expect(whyNoDowngradeRequest(one('3.7.3'))).toBeUndefined();
    expect(whyNoDowngradeRequest(one('3.4.23'))).toMatch(/has no such request$/);
    expect(whyNoDowngradeRequest(one('3.5.35'))).toContain('not allowed to join when downgrade is enabled');
  });
});

describe('flags', () => {
  it('that the new version lacks are named, each with all that have it, and how to drop them', () => {
    const flags = { 'enable-v2': 'true', 'snapshot-count': '5' };
    const members = new Map<string, Record<string, string>>([
      ['etcd-1', { ...flags, proxy: 'off' }],
      ['etcd-2', flags],
    ]);
    const drop = 'drop it here: `flags: {enable-v2: null, proxy: null}`';
    expect(whyFlagsLost(members, '3.6.16')).toEqual({
      message:
        'etcd 3.6.16 has no flag --enable-v2 (--enable-v2 is in etcd 3.3 to 3.5), set for etcd-1, etcd-2; ' +
        'etcd 3.6.16 has no flag --proxy (--proxy is in etcd 3.3 to 3.5), set for etcd-1',
      cure: drop,
    });
    const places = new Map([['enable-v2', 'flags.yaml:4']]);
    expect(whyFlagsLost(members, '3.6.16', places)).toEqual({
      message: expect.stringContaining(
        'set for etcd-1, etcd-2 at flags.yaml:4; etcd 3.6.16 has no flag --proxy',
      ) as string,
      cure: drop,
    });
    expect(whyFlagsLost(members, '3.6.16', places.set('proxy', 'flags.yaml:5'))?.cure).toBe(
      `take it out there, as it has to go from your own members before they are upgraded; or ${drop}`,
    );
  });

  it('that are only spelt otherwise are none of them, and are told', () => {
    const flags = {
      'experimental-compaction-batch-limit': '100',
      'initial-corrupt-check': 'true',
      'snapshot-count': '5',
    };
    expect(whyFlagsLost(new Map([['etcd-1', flags]]), '3.7.3')).toBeUndefined();
    expect(respelled(flags, '3.5.35', '3.6.16')).toEqual([
      'etcd 3.6 spells --experimental-compaction-batch-limit=100 as --compaction-batch-limit=100',
      'etcd 3.6 spells --experimental-initial-corrupt-check=true as --feature-gates=InitialCorruptCheck=true',
    ]);
    expect(respelled(flags, '3.6.16', '3.7.3')).toEqual([]);
  });
});
