/** The console: a line a finished case, failures at once, on a terminal a live region below; a summary at the end. */
import type { Reporter, RunEvent } from '../events';
import { formatPlace } from '../source';
import { caseDetails, caseLine, endLines, headLine, shownPath, titleWidth } from './console-lines';
import { dispatch, type Handlers } from './handlers';
import { Ledger } from './ledger';
import { LiveRegion, type Out } from './live';
import { RunningCases } from './running';
import { createStyle, type Style } from './style';
import { clean, indent, oneLine, withoutCommands } from './text';

const PIPE_COLUMNS = 120;

export interface ConsoleOptions {
  out: Out;
  colour: boolean;
  /** Whether `out` is a terminal on which lines can be drawn again. */
  live: boolean;
  columns: () => number;
  /** Milliseconds, for what has been going on how long. */
  now: () => number;
  /** Paths below this folder are shown relative to it. */
  cwd?: string;
}

export class ConsoleReporter implements Reporter {
  readonly name = 'console';
  private readonly ledger = new Ledger();
  private readonly printed = new Set<string>();
  private readonly style: Style;
  private readonly running: RunningCases;
  private readonly region: LiveRegion;
  private titleColumns = 0;
  private afterBlank = false;

  constructor(private readonly options: ConsoleOptions) {
    this.style = createStyle(options.colour);
    this.running = new RunningCases(options.now);
    const { out, columns } = options;
    this.region = new LiveRegion(out, columns, () => this.running.lines().map(withoutCommands), this.style.dim);
  }

  event(event: RunEvent): void {
    this.ledger.event(event);
    this.running.event(event);
    dispatch(this.handlers, event);
  }

  finish(): void {
    this.region.stop();
  }

  private readonly handlers: Handlers = {
    'run-started': (event) => {
      this.titleColumns = titleWidth(event.cases);
      this.print(`${headLine(event, this.style)}\n\n`);
      if (this.options.live) this.region.start();
    },
    progress: ({ message }) => this.print(`${this.style.dim(indent(clean(message), '       '))}\n`),
    image: ({ version, reference, from }) => {
      const text = `       etcd ${oneLine(version)}: ${oneLine(reference)} (${oneLine(from)})`;
      this.print(`${this.style.dim(text)}\n`);
    },
    'case-skipped': (event) => this.printCase(event.case),
    'case-finished': (event) => this.printCase(event.case),
    problem: ({ problem }) => {
      const what = `${problem.severity === 'warning' ? 'warning: ' : ''}${oneLine(problem.message)}`;
      const head = `${this.style.cyan(oneLine(formatPlace(problem.place)))}  ${this.style.bold(what)}`;
      const used = (problem.usedAt ?? []).map((place) => `used at ${formatPlace(place)}`);
      const rest = [problem.frame, ...used, problem.hint].flatMap((text) => (text ? [indent(clean(text), '  ')] : []));
      this.print(`${[`${head}  ${this.style.dim(`(${oneLine(problem.rule)})`)}`, ...rest].join('\n')}\n\n`);
    },
    'run-finished': (event) => {
      this.region.stop();
      const { reports } = this;
      const folder = reports === null ? null : shownPath(reports, this.options.cwd);
      this.print(
        `${this.afterBlank ? '' : '\n'}${endLines(this.ledger, event, this.style, { shownFolder: folder, columns: this.tableColumns })}\n`,
      );
    },
  };

  /** In a pipe nobody says how wide the page is: a CI's is wider than a terminal's 80. */
  private get tableColumns(): number {
    const columns = this.options.columns();
    return this.options.live ? columns : Math.max(columns, PIPE_COLUMNS);
  }

  private get reports(): string | null {
    return this.ledger.started?.reports ?? null;
  }

  private printCase(id: string): void {
    if (this.printed.has(id)) return;
    this.printed.add(id);
    const record = this.ledger.record(id);
    const folder = this.reports === null ? null : shownPath(this.reports, this.options.cwd);
    const line = caseLine(record, this.titleColumns, this.style);
    this.print(`${line}\n${caseDetails(record, this.style, folder)}`);
  }

  /** Everything goes through here: no line may be a command to the CI that reads it. */
  private print(text: string): void {
    this.afterBlank = text.endsWith('\n\n');
    this.region.print(withoutCommands(text));
  }
}
