import { batchesOf } from './batches';

const scenarios = [
  { path: 'a', cases: 5 },
  { path: 'none', cases: 0 },
  { path: 'b', cases: 1 },
  { path: 'c', cases: 4 },
];
const all = ['a', 'b', 'c'];

describe('the batches of a soak', () => {
  it.each([
    ['a part', 6, [{ paths: ['a', 'b'], repeat: 1, cases: 6 }]],
    ['one pass', 10, [{ paths: all, repeat: 1, cases: 10 }]],
    [
      'several passes and a part',
      23,
      [
        { paths: all, repeat: 2, cases: 20 },
        { paths: ['a'], repeat: 1, cases: 5 },
      ],
    ],
    [
      'as many as the disk has room for',
      510,
      [
        { paths: all, repeat: 25, cases: 250 },
        { paths: all, repeat: 25, cases: 250 },
        { paths: all, repeat: 1, cases: 10 },
      ],
    ],
  ])('are %s', (_, wanted, expected) => {
    expect(batchesOf(wanted, scenarios)).toEqual(expected);
  });

  it('need a case', () => {
    expect(() => batchesOf(1, [{ path: 'none', cases: 0 }])).toThrow('none of the scenarios');
  });
});
