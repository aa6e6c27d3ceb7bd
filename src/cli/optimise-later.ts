import { setFlagsFromString } from 'node:v8';

/** Commands that read drills and are done. */
const ONLY_READ: ReadonlySet<string> = new Set(['validate', 'list', 'plan', 'runbook', 'steps', 'rules', 'schema']);

/**
 * Half of the time of such a command went into fast code for what was over by then: V8 of Node 20 makes it too early.
 * What is busy for longer still gets it.
 */
export function optimiseLater(command: string): void {
  if (ONLY_READ.has(command) && process.versions.node.startsWith('20.')) {
    setFlagsFromString('--interrupt-budget=1000000');
  }
}
