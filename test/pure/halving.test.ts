import { halve, type Judgement, type Tried } from '../../src/library/halving';

const LETTERS = [...'abcdefghij'];

/** Halves over letters: those from `firstBad` on are bad, those in `broken` can't be tested. */
async function search(
  values: string[],
  firstBad: string,
  broken = '',
): Promise<{ tried: string; outcome: Awaited<ReturnType<typeof halve<Tried>>> }> {
  let tried = '';
  const outcome = await halve<Tried>(values, (value) => {
    tried += value;
    const judgement: Judgement = broken.includes(value) ? 'untestable' : value < firstBad ? 'good' : 'bad';
    return Promise.resolve({ value, judgement });
  });
  return { tried, outcome };
}

describe('halving', () => {
  it.each<[firstBad: string, tried: string, good: string, bad: string]>([
    ['b', 'ajecb', 'a', 'b'],
    ['e', 'ajecd', 'd', 'e'],
    ['f', 'ajegf', 'e', 'f'],
    ['j', 'ajeghi', 'i', 'j'],
  ])('finds %s, trying %s', async (firstBad, tried, good, bad) => {
    const found = await search(LETTERS, firstBad);
    expect(found.tried).toBe(tried);
    expect(found.outcome).toMatchObject({ found: true, good: { value: good }, bad: { value: bad }, between: [] });
  });

  it('tries each value at most once, whatever is first bad, and each pair of neighbours is found', async () => {
    for (const firstBad of LETTERS.slice(1)) {
      const { tried, outcome } = await search(LETTERS, firstBad);
      expect(new Set(tried).size).toBe(tried.length);
      expect(outcome.found && outcome.bad.value).toBe(firstBad);
      expect(tried.length).toBeLessThanOrEqual(2 + Math.ceil(Math.log2(LETTERS.length)));
    }
  });

  it('steps around what can not be tested, and names what is left between', async () => {
    const { tried, outcome } = await search(LETTERS, 'f', 'def');
    expect(tried).toBe('ajefdgc');
    expect(outcome).toMatchObject({ found: true, good: { value: 'c' }, bad: { value: 'g' }, between: ['d', 'e', 'f'] });
  });

  it('of two ends has nothing to halve', async () => {
    expect((await search(['a', 'b'], 'b')).tried).toBe('ab');
  });

  it.each([
    ['a good end that is bad', 'a', '', 'a'],
    ['a bad end that is good', 'z', '', 'aj'],
    ['a good end that can not be tested', 'c', 'a', 'a'],
    ['a bad end that can not be tested', 'c', 'j', 'aj'],
  ])('stops at %s', async (_, firstBad, broken, tried) => {
    const found = await search(LETTERS, firstBad, broken);
    expect(found.tried).toBe(tried);
    expect(found.outcome.found).toBe(false);
  });
});
