// Keeps one core busy until it is ended, or until the process that started it is gone: then its parent is another one.
import process from 'node:process';
import { setImmediate } from 'node:timers';

const parent = process.ppid;

function work() {
  const end = Date.now() + 200;
  while (Date.now() < end);
  if (process.ppid === parent) setImmediate(work);
}

work();
