/**
 * Of the upgrade suite a part that changes with the commit, on the versions that each drill names: those that it is
 * known to fail on included, where it has to fail for the reason that it gives. All of it: ETCD_SCENARIOS_SUITE=all.
 */
import { join, relative } from 'node:path';
import { drills } from 'etcd-scenarios/jest';
import { filesUnder, refuseStaleBuild, ROOT } from './helpers';
import { commit, selectionOf } from './selection';

const IN_CI = 8;

const suite = filesUnder(join(ROOT, 'scenarios/upgrade')).map((file) => relative(ROOT, file));
const isWhole = process.env['ETCD_SCENARIOS_SUITE'] === 'all';
const chosen = isWhole ? suite : selectionOf(suite, IN_CI, commit(ROOT));

process.stderr.write(
  `upgrade suite, ${chosen.length} of ${suite.length} drills${isWhole ? '' : ' by this commit'}:\n` +
    chosen.map((drill) => `  ${drill}\n`).join(''),
);

beforeAll(refuseStaleBuild);

drills(chosen, { pull: 'never' });
