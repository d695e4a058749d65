import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A span as it was sent, OTLP in JSON. */
export interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status?: { readonly code?: number };
}

export interface TraceCollector {
  /** What `telemetry.tracesUrl` is set to. */
  readonly url: string;
  readonly spans: readonly SentSpan[];
  /** Everything that arrived, byte for byte. */
  readonly bodies: readonly string[];
  /** From now on it answers with this status. */
  answer(status: number): void;
  close(): Promise<void>;
}

/** Test support: receives traces as an OpenTelemetry collector does, OTLP over HTTP in JSON. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: SentSpan[] = [];
  const bodies: string[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const isTraces = request.method === 'POST' && request.url === '/v1/traces';
      const isJson = request.headers['content-type'] === 'application/json';
      if (isTraces && isJson && status === 200) {
        bodies.push(body);
        spans.push(...spansIn(body));
      }
      response.writeHead(isTraces && isJson ? status : 404, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // listens on a port, so it is no name of a pipe
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    spans,
    bodies,
    answer: (code) => void (status = code),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface TracesRequest {
  readonly resourceSpans?: readonly {
    readonly scopeSpans?: readonly { readonly spans?: readonly SentSpan[] }[];
  }[];
}

function spansIn(body: string): SentSpan[] {
  const request = JSON.parse(body) as TracesRequest; // what the test reads of it, it compares
  return (request.resourceSpans ?? []).flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans = [] }) => spans),
  );
}
