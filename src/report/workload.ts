/** What a workload did, in a few lines. */
import { formatDuration } from '../clock';
import { ERROR_KINDS, type Latency, type TimeSlot, type WorkloadFigures } from '../figures';
import { plural } from '../plural';
import { clean } from './text';

const BARS = '▁▂▃▄▅▆▇█';
/** Where nothing was acknowledged. */
const GAP = '·';
const CHART_COLUMNS = 48;

/** The figures of a workload in lines: what was written, what became of it, how long it took. */
export function workloadLines(figures: WorkloadFigures): string[] {
  return [
    writesLine(figures),
    verdictsLine(figures),
    `${outageLine(figures)}; latency ${latencyWords(figures.latency)}`,
    ...contrastLines(figures),
    ...errorLines(figures),
    chartLine(figures),
  ].map(clean);
}

function writesLine({ writes, reads, writesPerSecond, rate, missedRate, readLatency }: WorkloadFigures): string {
  const asked = rate === null ? '' : missedRate ? ` of ${rate}/s: the rate was missed` : ` of ${rate}/s`;
  const parts = [
    `${plural(writes.acknowledged, 'write')} acknowledged (${writesPerSecond}/s${asked})`,
    `${writes.failed} failed`,
    `${writes.unknown} unknown`,
    `${plural(reads.acknowledged, 'read')}${readLatency ? ` (p99 ${formatDuration(readLatency.p99)})` : ''}`,
  ];
  return parts.join(', ');
}

function verdictsLine({ verdicts }: WorkloadFigures): string {
  if (!verdicts) return 'not read back: nothing is known of lost writes';
  const { lostWrites, phantomWrites, staleReads, tornTransactions, movedWrites, wrongLeases, unproven } = verdicts;
  const parts = [`${lostWrites} lost`, `${phantomWrites} phantom`, `${staleReads} stale`];
  if (tornTransactions > 0) parts.push(`${plural(tornTransactions, 'transaction')} torn`);
  if (wrongLeases > 0) parts.push(`${wrongLeases} against their lease`);
  if (movedWrites > 0) parts.push(`${movedWrites} at another revision`);
  if (unproven > 0) parts.push(`${unproven} unproven`);
  return parts.join(', ');
}

function outageLine({ outage }: WorkloadFigures): string {
  const end = outage.over ? '' : ', and it was not over at the end';
  return `longest outage ${formatDuration(outage.ms)} (from ${formatDuration(outage.atMs)} on${end})`;
}

function latencyWords(latency: Latency | null): string {
  if (!latency) return 'unknown: nothing was acknowledged';
  const { p50, p90, p99, max } = latency;
  return `p50 ${formatDuration(p50)}, p90 ${formatDuration(p90)}, p99 ${formatDuration(p99)}, max ${formatDuration(max)}`;
}

/** A latency of less is nothing that anybody asks about, in milliseconds. */
const LONG_MS = 1000;

/** Why a write took much longer than the longest outage. */
function contrastLines({ latency, outage, rate }: WorkloadFigures): string[] {
  if (!latency || latency.max < LONG_MS || latency.max < 2 * outage.ms) return [];
  const counted =
    rate === null ? '' : 'latency counts from the moment a write was due, including the wait for its turn; ';
  return [`${counted}one write may take longer than an outage, in which no write at all was acknowledged`];
}

function errorLines({ errors }: WorkloadFigures): string[] {
  const kinds = ERROR_KINDS.flatMap((kind) => (errors[kind] ? [`${errors[kind]} ${kind}`] : []));
  return kinds.length === 0 ? [] : [`errors: ${kinds.join(', ')}`];
}

/** The slowest write of each moment as bars, a dot where none was acknowledged. */
function chartLine({ timeline, durationMs }: WorkloadFigures): string {
  return `${chart(timeline.slots)}  slowest write over ${formatDuration(durationMs)}`;
}

export function chart(slots: readonly TimeSlot[]): string {
  const wide = Math.max(1, Math.ceil(slots.length / CHART_COLUMNS));
  const columns = Array.from({ length: Math.ceil(slots.length / wide) }, (_, i) =>
    slots.slice(i * wide, (i + 1) * wide),
  );
  const slowest = columns.map((slot) => Math.max(...slot.map(({ slowestMs }) => slowestMs)));
  // Each bar is twice as slow as the one below: an outage leaves room for the differences of quiet times.
  const lowest = Math.min(...slowest.filter((ms) => ms > 0));
  return slowest
    .map((ms) => (ms === 0 ? GAP : BARS[Math.min(BARS.length - 1, Math.round(Math.log2(ms / lowest)))]))
    .join('');
}
