import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { NdjsonReporter } from '../../src/report/ndjson';
import { SummaryReporter, type RunSummary } from '../../src/report/summary';
import { Broadcast } from '../../src/report';
import { BODIES, HOSTILE_BODIES, play } from './fixture';
import { expectGolden, harmIn, inTemporaryFolder } from './golden';

describe('events.ndjson', () => {
  test('is the stream, an event a line', async () => {
    await inTemporaryFolder(async (folder) => {
      const events = await play([new NdjsonReporter(path.join(folder, 'made/when/needed'))]);
      const text = readFileSync(path.join(folder, 'made/when/needed/events.ndjson'), 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      const lines = text.trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
      expectGolden('events.ndjson', text);
    });
  });

  test('each event is in the file as soon as it happened', async () => {
    await inTemporaryFolder(async (folder) => {
      const reporter = new NdjsonReporter(folder);
      const broadcast = new Broadcast('r', [reporter], () => 0);
      for (const [index, body] of BODIES.entries()) {
        broadcast.emit(body);
        const lines = readFileSync(path.join(folder, 'events.ndjson'), 'utf8').split('\n');
        expect(lines).toHaveLength(index + 2);
      }
      await broadcast.finish();
    });
  });

  test('hostile text: one line an event, nothing that a terminal acts on', async () => {
    await inTemporaryFolder(async (folder) => {
      const events = await play([new NdjsonReporter(folder)], HOSTILE_BODIES);
      const text = readFileSync(path.join(folder, 'events.ndjson'), 'utf8');
      const lines = text.trimEnd().split('\n');
      expect(lines).toHaveLength(events.length);
      expect(lines.every((line) => line.startsWith('{"v":1,'))).toBe(true);
      expect(harmIn(text).filter((found) => !found.startsWith('##'))).toEqual([]);
      expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events);
    });
  });
});

describe('summary.json', () => {
  test('the run in one object', async () => {
    await inTemporaryFolder(async (folder) => {
      await play([new SummaryReporter(folder)]);
      expect(readdirSync(folder)).toEqual(['summary.json']);
      expectGolden('summary.json', readFileSync(path.join(folder, 'summary.json'), 'utf8'));
    });
  });

  test('a run that was cut off has no exit code', async () => {
    await inTemporaryFolder(async (folder) => {
      await play([new SummaryReporter(folder)], BODIES.slice(0, 6));
      const summary = JSON.parse(readFileSync(path.join(folder, 'summary.json'), 'utf8')) as RunSummary;
      expect(summary).toMatchObject({ exitCode: null, durationMs: 5000, counts: { interrupted: 5, skipped: 1 } });
      expect(summary.cases[0]?.reason).toBe('the run ended while this was running');
    });
  });

  test('hostile text: names are kept, folders are safe', async () => {
    await inTemporaryFolder(async (folder) => {
      await play([new SummaryReporter(folder)], HOSTILE_BODIES);
      const text = readFileSync(path.join(folder, 'summary.json'), 'utf8');
      expect(harmIn(text).filter((found) => !found.startsWith('##'))).toEqual([]);
      const summary = JSON.parse(text) as RunSummary;
      expect(summary.cases[0]?.logs).toMatch(/^logs\/[A-Za-z0-9._@-]+$/);
      expect(summary.cases[0]?.logs).not.toContain('..');
    });
  });
});
