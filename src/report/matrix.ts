/** What a run of several versions came to: drills down, versions (or the values of their matrix) across. */
import type { CaseRef } from '../events';
import { compareVersions } from '../version';
import { markOf, type CaseRecord, type Mark } from './ledger';

export interface Matrix {
  /** What stands across: `etcd`, or the names of the drills' own matrix: `from, to`. */
  across: string;
  /** `3.5.16`, or `3.5.16 → 3.6.16`; oldest first. */
  columns: string[];
  rows: MatrixRow[];
}

export interface MatrixRow {
  name: string;
  file: string;
  line: number;
  /** One a column; null where the drill has no such case. */
  cells: (MatrixCell | null)[];
}

export interface MatrixCell {
  /** The worst of its cases: with `--repeat` there are several. */
  verdict: Mark;
  /** How many of the cases have this verdict. */
  count: number;
  of: number;
  cases: string[];
}

/** Worst first. */
const BY_WEIGHT: readonly Mark[] = ['failed', 'error', 'interrupted', 'known', 'passed', 'skipped'];

/** A table for each way to run a drill more than once; none where every drill ran on one version only. */
export function matricesOf(records: readonly CaseRecord[]): Matrix[] {
  const groups = groupBy(records, ({ ref }) => acrossOf(ref));
  return [...groups].map(([across, cases]) => matrixOf(across, cases)).filter(isWorthATable);
}

function isWorthATable({ rows }: Matrix): boolean {
  return rows.some(({ cells }) => cells.filter((cell) => cell !== null).length > 1);
}

function matrixOf(across: string, records: readonly CaseRecord[]): Matrix {
  const rows = [...groupBy(records, ({ ref }) => `${ref.file}:${ref.line}`).values()];
  const columnOf = rows.some(variesInEtcd) ? valuesAndEtcdOf : valuesOf;
  const columns = new Map(records.map(({ ref }) => [titleOf(columnOf(ref)), columnOf(ref)]));
  const inOrder = [...columns].toSorted(([, a], [, b]) => compareColumns(a, b)).map(([title]) => title);
  const cells = (cases: readonly CaseRecord[]): MatrixRow['cells'] => {
    const byColumn = groupBy(cases, ({ ref }) => titleOf(columnOf(ref)));
    return inOrder.map((title) => cellOf(byColumn.get(title) ?? []));
  };
  return { across, columns: inOrder, rows: rows.map((cases) => ({ ...drillOf(cases), cells: cells(cases) })) };
}

/** True where a combination of a drill's matrix ran on several versions: then the version belongs to the column. */
function variesInEtcd(records: readonly CaseRecord[]): boolean {
  const byValues = groupBy(records, ({ ref }) => titleOf(valuesOf(ref)));
  return [...byValues.values()].some((cases) => new Set(cases.map(({ ref }) => ref.etcd)).size > 1);
}

/** A drill whose author put values of its matrix into its name goes by its file. */
function drillOf(records: readonly CaseRecord[]): Pick<MatrixRow, 'name' | 'file' | 'line'> {
  const { file = '', line = 1 } = records[0]?.ref ?? {};
  const names = new Set(records.map(({ ref }) => nameWithoutValues(ref)));
  const [name = file] = names;
  return { name: names.size === 1 ? name : file, file, line };
}

/** The name without the `(from=3.4.23, to=3.5.35)` that each combination gets at its end. */
function nameWithoutValues({ name, matrix = {} }: CaseRef): string {
  const values = Object.entries(matrix).map(([key, value]) => `${key}=${value}`);
  const end = ` (${values.join(', ')})`;
  return name.endsWith(end) ? name.slice(0, -end.length) : name;
}

function cellOf(records: readonly CaseRecord[]): MatrixCell | null {
  if (records.length === 0) return null;
  const marks = records.map(markOf);
  const verdict = BY_WEIGHT.find((mark) => marks.includes(mark)) ?? 'interrupted';
  const count = marks.filter((mark) => mark === verdict).length;
  return { verdict, count, of: records.length, cases: records.map(({ ref }) => ref.id) };
}

function acrossOf({ matrix }: CaseRef): string {
  return matrix === undefined ? 'etcd' : Object.keys(matrix).join(', ');
}

function valuesOf({ matrix, etcd }: CaseRef): string[] {
  return matrix === undefined ? [etcd] : Object.values(matrix);
}

function valuesAndEtcdOf(ref: CaseRef): string[] {
  return ref.matrix === undefined ? [ref.etcd] : [...Object.values(ref.matrix), `etcd ${ref.etcd}`];
}

function titleOf(values: readonly string[]): string {
  return values.join(' → ');
}

/** By their versions, oldest first; what is no version by its text. */
function compareColumns(a: readonly string[], b: readonly string[]): number {
  for (const [i, value] of a.entries()) {
    const order = compareValues(value, b[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: string, b: string): number {
  const versions = [a, b].every((text) => /^\d+(\.\d+)*(-.*)?$/.test(text));
  return (versions && compareVersions(a, b)) || a.localeCompare(b, 'en');
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
