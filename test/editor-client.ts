/** A small client of the real yaml-language-server, which is what editors use for YAML. */
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const SERVER = path.resolve(__dirname, '../node_modules/yaml-language-server/bin/yaml-language-server');

/** No requests to the network: the catalogue of schemas is left alone. */
const SETTINGS: Record<string, unknown> = {
  yaml: {
    validate: true,
    completion: true,
    hover: true,
    schemaStore: { enable: false },
    kubernetesCRDStore: { enable: false },
  },
};

export interface Diagnostic {
  message: string;
  range: { start: Position; end: Position };
}

interface Waiting<T> {
  resolve: (value: T) => void;
  reject: (error: Error) => void;
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
}

export interface Position {
  line: number;
  character: number;
}

export class EditorClient {
  private readonly server: ChildProcess;
  private buffer = Buffer.alloc(0);
  private sent = 0;
  private documents = 0;
  private readonly answers = new Map<number, Waiting<unknown>>();
  private readonly diagnosed = new Map<string, Waiting<Diagnostic[]>>();
  private gone: Error | undefined;

  constructor(private readonly folder: string) {
    this.server = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.server.stdout?.on('data', (bytes: Buffer) => this.read(bytes));
    // A write to a server that has just ended; its end is told by `exit`.
    this.server.stdin?.on('error', () => undefined);
    this.server.on('error', ({ message }) => this.lose(message));
    this.server.on('exit', (code, signal) => this.lose(`it ended with ${signal ?? `code ${code}`}`));
  }

  async begin(): Promise<void> {
    const capabilities = {
      workspace: { configuration: true },
      textDocument: {
        completion: { completionItem: {} },
        hover: { contentFormat: ['markdown'] },
        publishDiagnostics: {},
      },
    };
    await this.request('initialize', { processId: process.pid, rootUri: this.uriOf(''), capabilities });
    this.notify('initialized', {});
    this.notify('workspace/didChangeConfiguration', { settings: SETTINGS });
  }

  end(): void {
    this.server.kill();
  }

  /** Opens a text as a file of the folder, and answers its address and what the server has against it. */
  async open(text: string): Promise<{ uri: string; diagnostics: Diagnostic[] }> {
    const uri = this.uriOf(`drill-${++this.documents}.yaml`);
    const diagnostics = this.waitFor(this.diagnosed, uri);
    this.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return { uri, diagnostics: await diagnostics };
  }

  /** The labels that are offered at a `|` in the text, which is taken out. */
  async completions(text: string): Promise<string[]> {
    const { uri, position } = await this.openAt(text);
    const result = await this.request('textDocument/completion', { textDocument: { uri }, position });
    const items = Array.isArray(result) ? result : ((result as { items?: unknown[] } | null)?.items ?? []);
    return (items as { label: string }[]).map(({ label }) => label);
  }

  /** What is shown for the word at a `|` in the text. */
  async hover(text: string): Promise<string> {
    const { uri, position } = await this.openAt(text);
    const result = await this.request('textDocument/hover', { textDocument: { uri }, position });
    const contents = (result as { contents?: { value?: string } | string } | null)?.contents;
    return typeof contents === 'string' ? contents : (contents?.value ?? '');
  }

  private async openAt(marked: string): Promise<{ uri: string; position: Position }> {
    const { text, position } = placeOf(marked);
    const { uri } = await this.open(text);
    return { uri, position };
  }

  private uriOf(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  private request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.sent;
    const answer = this.waitFor(this.answers, id);
    this.send({ id, method, params });
    return answer;
  }

  private waitFor<K, T>(waiting: Map<K, Waiting<T>>, key: K): Promise<T> {
    if (this.gone) return Promise.reject(this.gone);
    return new Promise((resolve, reject) => waiting.set(key, { resolve, reject }));
  }

  private lose(why: string): void {
    this.gone ??= new Error(`the yaml-language-server is gone: ${why}`);
    for (const { reject } of [...this.answers.values(), ...this.diagnosed.values()]) reject(this.gone);
  }

  private notify(method: string, params: unknown): void {
    this.send({ method, params });
  }

  private send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.server.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  private read(bytes: Buffer): void {
    this.buffer = Buffer.concat([this.buffer, bytes]);
    for (;;) {
      const head = this.buffer.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.buffer.toString('utf8', 0, head))?.[1]);
      if (this.buffer.length < head + 4 + length) return;
      const body = this.buffer.toString('utf8', head + 4, head + 4 + length);
      this.buffer = this.buffer.subarray(head + 4 + length);
      this.take(JSON.parse(body) as Message);
    }
  }

  private take({ id, method, params, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: Diagnostic[] };
      this.diagnosed.get(uri)?.resolve(diagnostics);
      this.diagnosed.delete(uri);
    } else if (method === 'workspace/configuration') {
      const { items } = params as { items: { section?: string }[] };
      this.send({ id, result: items.map(({ section }) => SETTINGS[section ?? ''] ?? null) });
    } else if (method !== undefined && id !== undefined) {
      this.send({ id, result: null });
    } else if (id !== undefined) {
      this.answers.get(id)?.resolve(result);
      this.answers.delete(id);
    }
  }
}

/** A text without its first `|`, and where that stood. */
export function placeOf(marked: string): { text: string; position: Position } {
  const at = marked.indexOf('|');
  const lines = marked.slice(0, at).split('\n');
  const text = marked.slice(0, at) + marked.slice(at + 1);
  return { text, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } };
}
