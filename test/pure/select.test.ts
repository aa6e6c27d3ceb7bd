import { UsageError } from '../../src/errors';
import { parseTagExpression, selectScenarios } from '../../src/scenario/select';
import type { Scenario } from '../../src/scenario/scenario';
import { hexId } from '../../src/steps/expect/id';

describe('a tag expression', () => {
  const TAGS = ['recovery', 'slow'];

  it.each([
    ['recovery', true],
    ['membership', false],
    ['not membership', true],
    ['not not slow', true],
    ['recovery and slow', true],
    ['recovery and not slow', false],
    ['membership or slow', true],
    ['membership,slow', true],
    ['membership or recovery and slow', true],
    ['(membership or recovery) and not slow', false],
    ['not (membership or upgrade)', true],
    ['((recovery))', true],
    ['not membership and recovery', true],
    ['v3.5-x', false],
  ])('%s: %s', (text, expected) => {
    expect(parseTagExpression(text)(TAGS)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    'and',
    'recovery and',
    'or slow',
    'not',
    '(recovery',
    'recovery)',
    'recovery slow',
    '()',
    'a and or b',
    'recovery AND slow',
    ',',
  ])('%j is none, and the message shows one', (text) => {
    expect(() => parseTagExpression(text)).toThrow(UsageError);
    expect(() => parseTagExpression(text)).toThrow('one is like `recovery and not slow`');
  });
});

describe('the choice of scenarios', () => {
  const all = [
    { name: 'Quick recovery', tags: ['recovery'] },
    { name: 'Slow recovery', tags: ['recovery', 'slow'] },
    { name: 'Bootstrap', tags: [] },
  ] as unknown as Scenario[];
  const chosen = (options: Partial<Parameters<typeof selectScenarios>[1]>): string[] =>
    selectScenarios(all, { tag: undefined, grep: undefined, slowToo: false, ...options }).map(({ name }) => name);

  it('leaves out what is slow, unless a path or a tag asks for it', () => {
    expect(chosen({})).toEqual(['Quick recovery', 'Bootstrap']);
    expect(chosen({ slowToo: true })).toHaveLength(3);
    expect(chosen({ tag: 'recovery' })).toEqual(['Quick recovery', 'Slow recovery']);
    expect(chosen({ tag: 'not slow' })).toEqual(['Quick recovery', 'Bootstrap']);
  });

  it('takes a part of the name, whatever its case', () => {
    expect(chosen({ grep: 'RECOV', slowToo: true })).toEqual(['Quick recovery', 'Slow recovery']);
    expect(chosen({ grep: '.*' })).toEqual([]);
    expect(chosen({ grep: 'quick', tag: 'slow' })).toEqual([]);
  });
});

describe('an ID', () => {
  it.each([
    ['1052f362c31a5266', '1052f362c31a5266'],
    ['1176270058202747494', '1052f362c31a5266'],
    ['A3959071884ACD0C', 'a3959071884acd0c'],
    ['0000000000000abc', 'abc'],
    ['18446744073709551615', 'ffffffffffffffff'],
    ['1234567890123456', '1234567890123456'],
    ['12345678901234567', '2bdc545d6b4b87'],
    ['0', '0'],
    ['000', '0'],
  ])('%s is %s in hex', (written, hex) => {
    expect(hexId(written)).toBe(hex);
  });
});
