/** What is going on right now, a line a running case: the current step, what it waits for and how long already. */
import type { CaseRef, Reporter, RunEvent, StepRef } from '../events';
import { dispatch, type Handlers } from './handlers';
import { oneLine } from './text';
import { cutToWidth, padToWidth, width } from './width';

const MOST_LINES = 12;
const LONGEST_TITLE = 40;

interface Running {
  title: string;
  sinceMs: number;
  steps: Map<string, { step: StepRef; waiting?: { for: string; sinceMs: number } }>;
}

export class RunningCases implements Reporter {
  readonly name = 'running';
  private readonly refs = new Map<string, CaseRef>();
  private readonly running = new Map<string, Running>();
  private total = 0;
  private done = 0;
  private startMs: number;

  constructor(private readonly now: () => number) {
    this.startMs = now();
  }

  event(event: RunEvent): void {
    dispatch(this.handlers, event);
  }

  private readonly handlers: Handlers = {
    'run-started': ({ cases }) => {
      this.total = cases.length;
      this.startMs = this.now();
      for (const ref of cases) this.refs.set(ref.id, ref);
    },
    'case-started': (event) => {
      const ref = this.refs.get(event.case);
      const title = ref ? `${ref.name} [${ref.etcd}]` : event.case;
      this.running.set(event.case, { title: oneLine(title), sinceMs: this.now(), steps: new Map() });
    },
    'case-skipped': (event) => this.over(event.case),
    'case-finished': (event) => this.over(event.case),
    'step-started': (event) => {
      this.running.get(event.case)?.steps.set(event.step.id, { step: event.step });
    },
    'step-waiting': (event) => {
      const entry = this.running.get(event.case)?.steps.get(event.step);
      if (entry && entry.waiting?.for !== event.waitingFor) {
        entry.waiting = { for: event.waitingFor, sinceMs: this.now() };
      }
    },
    'step-finished': (event) => {
      this.running.get(event.case)?.steps.delete(event.step.id);
    },
  };

  private over(id: string): void {
    this.done++;
    this.running.delete(id);
  }

  /** The lines as they stand now; none while nothing runs. */
  lines(): string[] {
    const all = [...this.running.values()];
    if (all.length === 0) return [];
    const shown = all.slice(0, all.length > MOST_LINES ? MOST_LINES - 1 : MOST_LINES);
    const titleWidth = Math.min(LONGEST_TITLE, Math.max(...shown.map(({ title }) => width(title))));
    const lines = shown.map((one) => this.lineOf(one, titleWidth));
    if (all.length > shown.length) lines.push(`         … and ${all.length - shown.length} more`);
    const total = `${this.elapsed(this.startMs)}  ${this.done} of ${this.total} done`;
    return [...lines, total];
  }

  private lineOf(one: Running, titleWidth: number): string {
    const title = padToWidth(cutToWidth(one.title, titleWidth), titleWidth);
    const steps = [...one.steps.values()];
    const current = steps[steps.length - 1];
    const head = `${this.elapsed(one.sinceMs)}  ${title}`;
    if (!current) return head.trimEnd();
    const sentence = oneLine(current.step.sentence);
    const { waiting } = current;
    // How long comes first: the end of the line is cut where the terminal is narrow.
    const wait = waiting ? `, ${this.elapsed(waiting.sinceMs).trim()} waiting for ${oneLine(waiting.for)}` : '';
    return `${head}  ${sentence}${wait}`;
  }

  private elapsed(sinceMs: number): string {
    const seconds = Math.max(0, Math.floor((this.now() - sinceMs) / 1000));
    const text = seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
    return text.padStart(7);
  }
}
