/**
 * Of the upgrade suite a part that changes with the commit, on the versions that each drill names: those that it is
 * known to fail on included, where it has to fail for the reason that it gives. All of it: ETCD_SCENARIOS_SUITE=all.
 */
import { join, relative } from 'node:path';
import { drills } from 'etcd-scenarios/jest';
import { filesUnder, refuseStaleBuild, ROOT } from './helpers';
import { chosenOf } from './selection';

const suite = filesUnder(join(ROOT, 'scenarios/upgrade'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => relative(ROOT, file));

beforeAll(refuseStaleBuild);

drills(chosenOf(suite, 8, 'drills of the upgrade suite'), { pull: 'never' });
