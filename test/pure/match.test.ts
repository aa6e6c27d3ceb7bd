import { nearest, textMatcher } from '../../src/match';

describe('a text matcher', () => {
  it.each([
    ['cluster ID mismatch', 'error: Cluster  id\tMISMATCH!', true],
    ['cluster ID mismatch', 'cluster id does not match', false],
    ['  padded  ', 'x padded y', true],
    ['a\n  b', 'A B', true],
    ['a b', 'a\nb', false],
    ['member count is unequal', 'one\nmember count is unequal\nthree', true],
    ['a.c', 'abc', false],
  ])('%j in %j: %s', (pattern, text, expected) => {
    expect(textMatcher(pattern).matches(text)).toBe(expected);
  });

  it.each([
    ['has \\d+ members', 'it HAS 3 members', true],
    ['^etcd', 'x etcd', false],
    ['^etcd', 'x\netcd', true],
    ['a.*c', 'a\nc', false],
    ['a b', 'a \t b', true],
  ])('/%s/ in %j: %s', (matches, text, expected) => {
    expect(textMatcher({ matches }).matches(text)).toBe(expected);
  });

  it('takes any of a list, and says what it is', () => {
    const matcher = textMatcher(['deadline exceeded', { matches: 'timed? out' }]);
    expect(matcher.description).toBe('"deadline exceeded" or /timed? out/');
    expect(['Deadline exceeded after 3s', 'request timed out', 'no'].map(matcher.matches.bind(matcher))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is refused where it is no regular expression', () => {
    expect(() => textMatcher([{ matches: '(' }])).toThrow(SyntaxError);
  });

  it('answers the same each time', () => {
    const matcher = textMatcher({ matches: 'a' });
    expect([1, 2, 3].map(() => matcher.matches('a'))).toEqual([true, true, true]);
  });
});

describe('the nearest name', () => {
  const ACTIONS = [
    'kill',
    'stop',
    'start',
    'restart',
    'restore',
    'wipe',
    'get',
    'put',
    'expect',
    'member-add',
    'snapshot',
  ];

  it.each([
    ['kil', 'kill'],
    ['klil', 'kill'],
    ['Kill', 'kill'],
    ['wippe', 'wipe'],
    ['stpo', 'stop'],
    ['strat', 'start'],
    ['exept', 'expect'],
    ['expcet', 'expect'],
    ['gte', 'get'],
    ['member_add', 'member-add'],
    ['memberAdd', 'member-add'],
    ['snaphsot', 'snapshot'],
    ['xyz', undefined],
    ['partition', undefined],
    ['', undefined],
    ['k'.repeat(100_000), undefined],
  ])('of %s is %s', (name, expected) => {
    expect(nearest(name, ACTIONS)).toBe(expected);
  });

  it('is the nearest of several, and the first of equals', () => {
    expect(nearest('etcd-12', ['etcd-1', 'etcd-2', 'etcd-112'])).toBe('etcd-1');
    expect(nearest('restar', ['start', 'restart'])).toBe('restart');
  });

  it('is none among none', () => {
    expect(nearest('x', [])).toBeUndefined();
  });
});
