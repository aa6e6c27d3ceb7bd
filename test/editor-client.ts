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
  range: { start: { line: number; character: number } };
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
}

interface Position {
  line: number;
  character: number;
}

export class EditorClient {
  private readonly server: ChildProcess;
  private buffer = Buffer.alloc(0);
  private sent = 0;
  private documents = 0;
  private readonly answers = new Map<number, (result: unknown) => void>();
  private readonly diagnosed = new Map<string, (found: Diagnostic[]) => void>();

  constructor(private readonly folder: string) {
    this.server = spawn(process.execPath, [SERVER, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.server.stdout?.on('data', (bytes: Buffer) => this.read(bytes));
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
    const diagnostics = new Promise<Diagnostic[]>((resolve) => this.diagnosed.set(uri, resolve));
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

  private async openAt(text: string): Promise<{ uri: string; position: Position }> {
    const [before = '', after = ''] = text.split('|');
    const lines = before.split('\n');
    const { uri } = await this.open(before + after);
    return { uri, position: { line: lines.length - 1, character: (lines.at(-1) ?? '').length } };
  }

  private uriOf(name: string): string {
    return pathToFileURL(path.join(this.folder, name)).href;
  }

  private request(method: string, params: unknown): Promise<unknown> {
    const id = ++this.sent;
    return new Promise((resolve) => {
      this.answers.set(id, resolve);
      this.send({ id, method, params });
    });
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
      this.diagnosed.get(uri)?.(diagnostics);
    } else if (method === 'workspace/configuration') {
      const { items } = params as { items: { section?: string }[] };
      this.send({ id, result: items.map(({ section }) => SETTINGS[section ?? ''] ?? null) });
    } else if (method !== undefined && id !== undefined) {
      this.send({ id, result: null });
    } else if (id !== undefined) {
      this.answers.get(id)?.(result);
      this.answers.delete(id);
    }
  }
}
