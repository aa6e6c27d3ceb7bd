/** What a run would do, told without an engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtReference, givenReference, officialReferences } from '../cluster/docker/images/names';
import { asError, UsageError } from '../errors';
import { overview, type CaseOverview } from '../runbook/overview';
import { load, type LoadRequest } from './load';
import { plan, type PlanRequest } from './plan';

export interface PlannedOverview extends CaseOverview {
  /** Which image each version runs: the first of these that is there. Whether one is only an engine knows. */
  images: Record<string, string[]>;
  /** How the last run of this case ended, by the reports; null where they have none. */
  last: { verdict: string; durationMs: number } | null;
}

export interface OverviewRequest extends LoadRequest, PlanRequest {
  /** The template that is used in place of the known images. */
  image?: string;
  /** Absolute folder of the reports. */
  reports: string;
}

/** Throws ScenarioError for wrong files, UsageError for wrong paths and where no drill is meant. */
export function overviewOf(request: OverviewRequest): { cases: PlannedOverview[]; remarks: string[] } {
  const { scenarios, remarks, noneFits } = load(request);
  if (noneFits !== undefined) throw new UsageError(`nothing is selected: ${noneFits}`);
  const before = lastRun(join(request.reports, 'summary.json'));
  const cases = plan(scenarios, request).map((planned) => {
    const told = overview(planned);
    const images = told.versions.map((version) => [version, imagesOf(version, request.image)]);
    return {
      ...told,
      images: Object.fromEntries(images) as Record<string, string[]>,
      last: before.cases.get(told.id) ?? null,
    };
  });
  return { cases, remarks: [...remarks, ...before.remarks] };
}

function imagesOf(version: string, template: string | undefined): string[] {
  return template === undefined
    ? [...officialReferences(version), builtReference(version)]
    : [givenReference(template, version)];
}

interface LastRun {
  /** How each case ended, by its id. */
  cases: Map<string, { verdict: string; durationMs: number }>;
  remarks: string[];
}

/** What the reports of the last run say; nothing where there are none. Damaged ones are told, and stop nobody. */
function lastRun(file: string): LastRun {
  try {
    const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
      cases?: { id: string; verdict: string; durationMs: number }[];
    };
    if (!Array.isArray(cases)) throw new Error('it is no summary of a run');
    return { cases: new Map(cases.map(({ id, verdict, durationMs }) => [id, { verdict, durationMs }])), remarks: [] };
  } catch (thrown) {
    const isThere = (thrown as NodeJS.ErrnoException).code !== 'ENOENT';
    return { cases: new Map(), remarks: isThere ? [`can't read ${file}: ${asError(thrown).message}`] : [] };
  }
}
