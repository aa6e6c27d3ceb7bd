import { atLeast, compareVersions, isFullVersion, minorOf, parseRange } from '../../src/version';

describe('versions', () => {
  it('are compared number by number', () => {
    const sorted = ['3.3.25', '3.4', '3.4.3', '3.4.23', '3.5.0', '3.5.35', '3.6', '3.10.0', '4'];
    expect(sorted.toReversed().toSorted(compareVersions)).toEqual(sorted);
    expect(compareVersions('3.5', '3.5.0')).toBe(0);
    expect(compareVersions('3.6.0-rc.1', '3.6.0')).toBe(0);
  });

  it('belong to a line', () => {
    expect(['3.5.35', '3.10.0', '3.6.0-rc.1', '3.5', '4'].map(minorOf)).toEqual(['3.5', '3.10', '3.6', '3.5', '4.0']);
    expect([atLeast('3.5.35', '3.5'), atLeast('3.4.23', '3.5'), atLeast('3.10.0', '3.5')]).toEqual([true, false, true]);
  });

  it.each([
    ['3.5.35', true],
    ['3.6.0-rc.1', true],
    ['3.5', false],
    ['v3.5.35', false],
    ['3.5.35 ', false],
    ['3.5.x', false],
    ['', false],
  ])('%j is full: %s', (text, expected) => expect(isFullVersion(text)).toBe(expected));
});

describe('a range', () => {
  const VERSIONS = ['3.3.25', '3.4.0', '3.4.23', '3.5.2', '3.5.35', '3.6.0-rc.1', '3.6.16', '3.7.3', '3.10.0'];

  it.each([
    ['>=3.5', '3.5.2 3.5.35 3.6.0-rc.1 3.6.16 3.7.3 3.10.0'],
    ['>3.5', '3.6.0-rc.1 3.6.16 3.7.3 3.10.0'],
    ['<3.5', '3.3.25 3.4.0 3.4.23'],
    ['<=3.5', '3.3.25 3.4.0 3.4.23 3.5.2 3.5.35'],
    ['3.5', '3.5.2 3.5.35'],
    ['=3.5', '3.5.2 3.5.35'],
    ['3.5.2', '3.5.2'],
    ['>3.5.2 <3.7', '3.5.35 3.6.0-rc.1 3.6.16'],
    ['>= 3.4   < 3.4.23', '3.4.0'],
    ['3', VERSIONS.join(' ')],
    ['>=4', ''],
    ['>=3.4 <3.4', ''],
  ])('%s holds for %s', (range, expected) => {
    expect(VERSIONS.filter(parseRange(range) ?? (() => false)).join(' ')).toBe(expected);
  });

  it.each([
    '',
    ' ',
    'x',
    '>=',
    '~3.5',
    '^3.5',
    '3.5.x',
    '>=3.5,<3.6',
    '>=3.5 || 3.3',
    '3.5.1.2',
    '>=v3.5',
    '=>3.5',
    '3.5.0-rc.1',
  ])('%j is none', (range) => expect(parseRange(range)).toBeUndefined());
});
