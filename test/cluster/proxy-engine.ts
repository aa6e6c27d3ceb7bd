/**
 * The engine that everybody uses, behind a socket of a test's own that can stop answering: all calls, or those that a
 * test picks. A call that hangs is accepted and read, and never answered, as by an engine that is frozen or stuck.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `POST /containers/create`, without the query. */
export type CallName = string;

export class ProxyEngine {
  private readonly folder = mkdtempSync(join(tmpdir(), 'es-proxy-'));
  private readonly socket = join(this.folder, 'docker.sock');
  private readonly server: Server;
  private hangs: (call: CallName) => boolean = () => false;
  /** Every call that came, oldest first. */
  readonly calls: CallName[] = [];

  constructor(private readonly upstream = '/var/run/docker.sock') {
    this.server = createServer((incoming, outgoing) => this.pass(incoming, outgoing));
    this.server.timeout = this.server.requestTimeout = this.server.headersTimeout = 0;
  }

  get env(): NodeJS.ProcessEnv {
    return { DOCKER_HOST: `unix://${this.socket}`, TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1' };
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.server.listen(this.socket, resolve));
  }

  /** From now on calls that the test picks are not answered; what is under way goes on. */
  hang(which: (call: CallName) => boolean): void {
    this.hangs = which;
  }

  /** Everything is answered again, except what hangs already. */
  answer(): void {
    this.hangs = () => false;
  }

  dispose(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) =>
      this.server.close(() => {
        rmSync(this.folder, { recursive: true, force: true });
        resolve();
      }),
    );
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method, url: path, headers } = incoming;
    const call = `${method} ${path?.replace(/\?.*/, '')}`;
    this.calls.push(call);
    if (this.hangs(call)) return void incoming.resume();
    const onward = request({ socketPath: this.upstream, method, path, headers, agent: false }, (answer) => {
      if (this.hangs(call)) return;
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      outgoing.flushHeaders();
      answer.on('data', (part) => void (this.hangs(call) || outgoing.write(part)));
      answer.on('end', () => void (this.hangs(call) || outgoing.end()));
      answer.on('error', () => outgoing.destroy());
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  }
}
