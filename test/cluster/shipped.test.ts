/** The drills that ship, all of them on all five versions. */
import { drills } from 'etcd-scenarios/jest';
import { refuseStaleBuild, VERSIONS } from './helpers';

beforeAll(refuseStaleBuild);

drills('scenarios', { etcd: VERSIONS, pull: 'never' });
