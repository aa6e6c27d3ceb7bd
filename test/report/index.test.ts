import { UsageError } from '../../src/errors';
import { createReporters, REPORTER_NAMES, type ReporterOptions } from '../../src/report';
import { HOSTILE, Sink } from './fixture';
import { harmIn } from './golden';

const options: ReporterOptions = {
  out: new Sink(),
  colour: false,
  live: false,
  columns: () => 80,
  now: () => 0,
  folder: '/nowhere',
};

test('every name makes a reporter of that name, each once', () => {
  expect(createReporters([...REPORTER_NAMES, 'junit'], options).map(({ name }) => name)).toEqual(REPORTER_NAMES);
  expect(REPORTER_NAMES).toEqual(['console', 'github', 'junit', 'ndjson', 'summary']);
});

test.each([
  ['junti', /Did you mean "junit"\? Reporters: console, github/],
  ['JUnit', /Did you mean "junit"/],
  ['teamcity', /^there is no reporter "teamcity"\. Reporters: console/],
  ['constructor', /there is no reporter/],
  ['', /there is no reporter/],
])('%j is a usage error', (name, message) => {
  expect(() => createReporters([name], options)).toThrow(UsageError);
  expect(() => createReporters([name], options)).toThrow(message);
});

test('a hostile name does no harm', () => {
  let said = '';
  try {
    createReporters([HOSTILE], options);
  } catch (error) {
    said = (error as Error).message;
  }
  expect(said).toContain('there is no reporter');
  expect(harmIn(said.replace('##[', ''))).toEqual([]);
});

test('a reporter that writes a file needs a folder', () => {
  expect(() => createReporters(['summary'], { ...options, folder: null })).toThrow(/"summary" writes a file/);
  expect(createReporters(['console', 'github'], { ...options, folder: null })).toHaveLength(2);
});
