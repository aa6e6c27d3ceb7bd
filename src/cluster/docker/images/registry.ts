/** The tags of etcd's official images, by the registry API (the distribution specification's `tags/list`). */
import { after } from '../../../clock';
import { asError, EnvironmentError } from '../../../errors';
import { officialReferences, splitReference } from './names';

const ANSWER_MS = 4000;
/** More pages than etcd has tags for. */
const MOST_PAGES = 20;

export interface Published {
  version: string;
  what: string;
}

/** The versions of the official images. Asks all registries at once; throws EnvironmentError where none answers. */
export async function publishedTags(
  signal: AbortSignal,
  repositories: readonly string[] = officialReferences('0').map((one) => `https://${splitReference(one).repository}`),
): Promise<Published[]> {
  const limit = AbortSignal.any([signal, after(ANSWER_MS)]);
  const answers = await Promise.allSettled(repositories.map((repository) => tagsOf(repository, limit)));
  signal.throwIfAborted();
  const first = answers.find((answer) => answer.status === 'fulfilled');
  if (first) return first.value;
  const reasons = answers.map((answer, i) => `${hostOf(repositories[i] ?? '')}: ${reasonOf(answer, limit)}`);
  throw new EnvironmentError(`none could be reached (${reasons.join('; ')})`);
}

async function tagsOf(repository: string, signal: AbortSignal): Promise<Published[]> {
  const { origin, pathname, host } = new URL(repository);
  let next: string | undefined = `${origin}/v2${pathname}/tags/list`;
  const tags: string[] = [];
  for (let page = 0; next !== undefined && page < MOST_PAGES; page++) {
    const answer: Response = await fetch(next, { signal });
    if (!answer.ok) throw new EnvironmentError(`it answered ${answer.status}`);
    tags.push(...(((await answer.json()) as { tags?: string[] }).tags ?? []));
    const [, more] = /<([^>]+)>;\s*rel="?next"?/.exec(answer.headers.get('link') ?? '') ?? [];
    next = more === undefined ? undefined : new URL(more, next).href;
  }
  return versionsAmong(tags).map((version) => ({ version, what: `${host}${pathname}:v${version}` }));
}

/** `v3.5.35` is a version; `v3.5.35-arm64` and pre-releases are left out. */
function versionsAmong(tags: readonly string[]): string[] {
  return [...new Set(tags.flatMap((tag) => /^v(\d+\.\d+\.\d+)$/.exec(tag)?.[1] ?? []))];
}

function hostOf(repository: string): string {
  return new URL(repository).host;
}

function reasonOf(answer: PromiseSettledResult<unknown>, limit: AbortSignal): string {
  if (answer.status === 'fulfilled') return 'answered';
  if (answer.reason === limit.reason) return `no answer within ${ANSWER_MS / 1000} s`;
  const error = asError(answer.reason);
  return error.cause === undefined ? error.message : asError(error.cause).message;
}
