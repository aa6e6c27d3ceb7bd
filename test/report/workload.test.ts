import { workloadLines } from '../../src/report/workload';
import { WORKLOAD } from './fixture';

const CONTRAST = 'one write may take longer than an outage, in which no write at all was acknowledged';

const lines = (outageMs: number, maxMs: number, rate: number | null): string =>
  workloadLines({
    ...WORKLOAD,
    rate,
    outage: { ...WORKLOAD.outage, ms: outageMs },
    latency: { p50: 2, p90: 4, p99: maxMs, max: maxMs },
  }).join('\n');

describe('the figures of a workload', () => {
  it('say why a write took much longer than the longest outage', () => {
    expect(lines(480, 5600, null)).toContain(CONTRAST);
    expect(lines(480, 5600, 200)).toContain(
      `latency counts from the moment a write was due, including the wait for its turn; ${CONTRAST}`,
    );
  });

  it.each([
    ['the outage explains the latency', 5000, 5600],
    ['both are short', 27, 137],
  ])('say nothing where %s', (_, outageMs, maxMs) => {
    expect(lines(outageMs, maxMs, 200)).not.toContain(CONTRAST);
  });
});
