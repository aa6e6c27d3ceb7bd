/** Running etcd's tools, and what they say when they fail. */
import type { ToolAnswer } from '../cluster/cluster';
import { formatDeadline } from '../clock';
import { atLeast } from '../cluster/version';
import { EtcdSaid, Unmet } from '../errors';
import type { StepContext } from './context';

/** The tool that restores and inspects snapshots: etcdctl up to 3.4, etcdutl from 3.5 on (etcd-facts.md 3.5). */
export function snapshotTool(version: string): 'etcdctl' | 'etcdutl' {
  return atLeast(version, '3.5') ? 'etcdutl' : 'etcdctl';
}

/** Runs a tool, and throws what it said where it failed or outlasted its deadline. */
export async function runTool(
  context: StepContext,
  name: string,
  run: (limit: { timeoutMs: number; signal: AbortSignal }) => Promise<ToolAnswer>,
): Promise<ToolAnswer> {
  const timeoutMs = Math.max(1, context.left());
  let answer: ToolAnswer;
  try {
    answer = await run({ timeoutMs, signal: context.signal });
  } catch (thrown) {
    if (context.signal.aborted || !(thrown instanceof DOMException)) throw thrown;
    throw new EtcdSaid(`deadline exceeded after ${formatDeadline(timeoutMs)}`, 'unknown', name);
  }
  if (answer.exitCode !== 0) throw new EtcdSaid(saidBy(answer), 'failed', name);
  return answer;
}

/** The version that a member's tools are of: what it ran last, else the scenario's. */
export function toolVersion(member: string, context: StepContext): string {
  return context.cluster.roster.specOf(member)?.version ?? context.version;
}

function saidBy({ stdout, stderr, exitCode }: ToolAnswer): string {
  const text = [stderr.trim(), stdout.trim()].filter((part) => part !== '').join('\n');
  return `${text === '' ? 'nothing' : text} (exit code ${exitCode})`;
}

/** JSON that a tool printed, its large numbers as text: they do not fit a JavaScript number. */
export function parseToolJson(stdout: string, name: string): Record<string, unknown> {
  try {
    return JSON.parse(stdout.replace(/:\s*(\d{16,})/g, ':"$1"')) as Record<string, unknown>;
  } catch {
    throw new Unmet(`${name} was to print JSON and printed: ${stdout.trim() || 'nothing'}`);
  }
}
