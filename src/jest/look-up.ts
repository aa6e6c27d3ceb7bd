/** Looks up the versions that a test file asks for: one question as JSON on stdin, one answer on stdout. */
import { readFileSync } from 'node:fs';
import { resolveWithEngine } from '../library/versions';
import { messageOfError } from '../problems';
import type { Found, Lookup } from './protocol';

const { images, ...asked } = JSON.parse(readFileSync(0, 'utf8')) as Lookup;

const say = (message: string): void => void process.stderr.write(`${message}\n`);

void resolveWithEngine(asked, { images, signal: new AbortController().signal, what: 'etcd:', say })
  .catch((thrown: unknown): Found => ({ refused: messageOfError(thrown) }))
  .then((answer) => process.stdout.write(JSON.stringify(answer)));
