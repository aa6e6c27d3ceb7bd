/** The drills that ship, on all five versions. Those of the upgrade suite have versions of their own, and a test too. */
import { drills } from 'etcd-scenarios/jest';
import { refuseStaleBuild, VERSIONS } from './helpers';

beforeAll(refuseStaleBuild);

drills(['scenarios/bootstrap', 'scenarios/membership', 'scenarios/recovery'], { etcd: VERSIONS, pull: 'never' });
