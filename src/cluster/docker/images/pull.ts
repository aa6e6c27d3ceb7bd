/** Pulling an image from a registry. */
import type Dockerode from 'dockerode';
import { abortable, reasonOf } from '../../../clock';
import { asError } from '../../../errors';
import { engineTrouble, statusOf } from '../engine';
import { EngineRefusal, readLines, type EngineLine } from './progress-stream';
import type { ImageTask } from './types';

const SAY_EVERY_MS = 2000;

/**
 * Registries that an engine could not reach: an engine behind a firewall takes its time to say so, and need not be
 * asked again for each version.
 */
const unreachable = new WeakMap<Dockerode, Map<string, string>>();
const NETWORK = /no such host|dial tcp|i\/o timeout|Client\.Timeout|connection refused|network is unreachable|TLS/i;

/** Pulls the image; answers undefined when it is there, or else why it could not be pulled. */
export async function tryPull(task: ImageTask, reference: string): Promise<string | undefined> {
  const { docker, progress, signal } = task;
  const registry = reference.split('/')[0] ?? '';
  const known = unreachable.get(docker)?.get(registry);
  if (known !== undefined) return `${reference} cannot be pulled: ${known}`;
  progress(`pulling ${reference} …`);
  try {
    const stream = await abortable(docker.pull(reference, { abortSignal: signal }), signal);
    await abortable(readLines(stream, sayer(reference, progress)), signal);
    return undefined;
  } catch (thrown) {
    if (signal.aborted) throw reasonOf(signal);
    if (!(thrown instanceof EngineRefusal) && statusOf(thrown) === undefined) {
      throw engineTrouble(`pulling ${reference}`, thrown);
    }
    const why = asError(thrown)
      .message.replace(/^\(HTTP code \d+\) /, '')
      .trim();
    if (NETWORK.test(why)) remember(docker, registry, why);
    return `${reference} cannot be pulled: ${why}`;
  }
}

function remember(docker: Dockerode, registry: string, why: string): void {
  const known = unreachable.get(docker) ?? new Map<string, string>();
  unreachable.set(docker, known.set(registry, why));
}

/** Says now and then how much of all layers has come. */
function sayer(reference: string, progress: (message: string) => void): (line: EngineLine) => void {
  const layers = new Map<string, { current: number; total: number }>();
  let saidAt = Date.now();
  return ({ id, status, progressDetail }) => {
    if (id === undefined || status !== 'Downloading') return;
    layers.set(id, { current: progressDetail?.current ?? 0, total: progressDetail?.total ?? 0 });
    if (Date.now() - saidAt < SAY_EVERY_MS) return;
    saidAt = Date.now();
    const all = [...layers.values()];
    const megabytes = (key: 'current' | 'total'): number => Math.round(all.reduce((n, one) => n + one[key], 0) / 1e6);
    progress(`pulling ${reference}: ${megabytes('current')} of ${megabytes('total')} MB`);
  };
}
