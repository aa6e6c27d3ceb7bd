import { meant } from '../../src/library/versions';
import type { Available } from '../../src/cluster/docker/images/available';
import { UsageError } from '../../src/errors';
import { isVersionRequest, needsNoLookup, versionsMeant } from '../../src/version-request';

const THERE = [
  '3.6.0-rc.1',
  '3.10.1',
  '3.4.23',
  '3.5.9',
  '3.5.35',
  '3.5.21',
  '3.6.0',
  '3.6.16',
  '3.7.3',
  '3.11.0-alpha.0',
];

describe('what a request means', () => {
  it.each<[string, string[]]>([
    ['3.5.35', ['3.5.35']],
    ['3.5.99', ['3.5.99']],
    [' 3.6.0-rc.1 ', ['3.6.0-rc.1']],
    ['3.5', ['3.5.35']],
    ['3.6', ['3.6.16']],
    ['3.1', []],
    ['3.10', ['3.10.1']],
    ['3.9', []],
    ['latest', ['3.10.1']],
    ['>=3.5.21 <3.7', ['3.5.21', '3.5.35', '3.6.0', '3.6.16']],
    ['>= 3.5.21 < 3.6', ['3.5.21', '3.5.35']],
    ['>3.5', ['3.6.0', '3.6.16', '3.7.3', '3.10.1']],
    ['<=3.5', ['3.4.23', '3.5.9', '3.5.21', '3.5.35']],
    ['=3.5', ['3.5.9', '3.5.21', '3.5.35']],
    ['>=4', []],
  ])('%s', (request, expected) => {
    expect(isVersionRequest(request)).toBe(true);
    expect(versionsMeant(request, THERE)).toEqual(expected);
  });

  it.each(['', '3', 'v3.5.1', '3.5.x', '^3.5', '>=', '>=3.5 or 3.7', '3.5 3.6', 'newest', '3.5.1.2', '../3.5'])(
    '"%s" is none',
    (text) => expect(isVersionRequest(text)).toBe(false),
  );

  it('has to be looked up unless it is a full version', () => {
    expect(needsNoLookup(['3.5.35', '3.6.0-rc.1'])).toBe(true);
    expect(needsNoLookup(['3.5.35', '3.5'])).toBe(false);
    expect(needsNoLookup(['latest'])).toBe(false);
  });
});

describe('several requests', () => {
  const available: Available = {
    versions: [
      { version: '3.4.23', from: [{ origin: 'cache', what: '' }] },
      { version: '3.5.21', from: [{ origin: 'build', what: '' }] },
      { version: '3.5.33', from: [{ origin: 'build', what: '' }] },
      {
        version: '3.5.35',
        from: [
          { origin: 'present', what: '' },
          { origin: 'build', what: '' },
        ],
      },
    ],
    remarks: ['registries: none could be reached'],
  };

  it('are each version once, in their order, and say what they came to and cost', () => {
    expect(meant(['3.5', '3.5.35', '>=3.5.21 <3.6', '3.4'], available, '--etcd')).toEqual({
      versions: ['3.5.35', '3.5.21', '3.5.33', '3.4.23'],
      said: [
        '--etcd 3.5: 3.5.35',
        '--etcd >=3.5.21 <3.6: 3.5.21, 3.5.33, 3.5.35 (2 of them must be built first: about 1 m)',
        '--etcd 3.4: 3.4.23',
      ],
    });
  });

  it('one of which nothing fits are an error that says what there is, and what could not be looked at', () => {
    const ask = (): unknown => meant(['3.5', '3.9'], available, '--etcd');
    expect(ask).toThrow(UsageError);
    expect(ask).toThrow(/^--etcd 3\.9: no version .* there are 3\.4\.23, 3\.5\.21, 3\.5\.33, 3\.5\.35 .*--list/);
    expect(ask).toThrow(/registries: none could be reached/);
  });
});
