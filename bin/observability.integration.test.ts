import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../ingest/events/codec.ts';
import { openEmbeddedLog } from '../ingest/log/embedded.ts';
import { readTopic } from '../ingest/log/read-topic.ts';
import { toStoreId } from '../runtime/ids.ts';
import { createLogger } from '../runtime/logger.ts';
import { ROOT } from '../runtime/paths.ts';
import { parseExposition, valueOf, type MetricFamily } from '../runtime/prometheus-text.ts';
import { startTraceCollector, type SentSpan, type TraceCollector } from '../runtime/trace-collector.ts';
import { embeddingSpace } from '../vision/faces/embedding-space.ts';
import { chooseFaceNetworks } from '../vision/faces/face-networks.ts';
import { EVENT_TOPICS } from './event-log.ts';
import { openMembers } from './members.ts';
import { unpackTemplate } from '../vision/faces/template.ts';
import { openShortDay, type ShortDay } from './store-process.ts';

type Scrape = ReadonlyMap<string, MetricFamily>;
type Types = ReadonlyMap<string, number>;

const CAMERA = { camera_id: 'front-door' };
const logger = createLogger('test', 'silent');
let day: ShortDay;
let collector: TraceCollector;
let child: ChildProcess | undefined;
let texts: string[];
let scrapes: Scrape[];
let output = '';
/** Events by type: what /metrics said, then the event log, then /metrics again. */
let counted: { before: Types; inLog: Types; after: Types };

/** One store lives through a part of a day, as chatty as it can be; every test looks at what it left. */
beforeAll(async () => {
  day = await openShortDay();
  collector = await startTraceCollector();
  await appendFile(day.configPath, `\ntelemetry: ${JSON.stringify({ tracesUrl: collector.url })}\n`);
  const args = ['start', '--config', day.configPath, '--data', day.dataDir, '--port', '0'];
  const store = spawn(process.execPath, ['bin/smart-store.js', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SMART_STORE_LOG: 'trace' },
  });
  child = store;
  try {
    store.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const url = await addressIn(store.stdout);
    await fetch(`${url}/api/v1/summary`);
    for (let index = 0; index < 3; index++) await fetch(`${url}/api/v1/cameras/nobody-${index}/overlay`);
    const read = async (): Promise<string> => {
      const answer = await fetch(`${url}/metrics`);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      return answer.text();
    };
    texts = [await read()];
    const identified = (text: string): number =>
      valueOf(parseExposition(text), 'smart_store_events_written_total', { type: 'visit.identified' }) ?? 0;
    while (identified(texts.at(-1)!) < 1) {
      await sleep(1_000);
      texts.push(await read());
    }
    const inLog = await typesInLog();
    texts.push(await read());
    counted = { before: written(texts.at(-2)!), inLog, after: written(texts.at(-1)!) };
    scrapes = texts.map(parseExposition);
  } finally {
    store.kill('SIGTERM');
    await once(store, 'exit');
  }
}, 400_000);

afterAll(async () => {
  // Still there when opening it took too long.
  child?.kill('SIGKILL');
  await day.close();
  await collector.close();
});

test('what /metrics says of events is what the event log holds, type by type', () => {
  const { before, inLog, after } = counted;
  expect(inLog.get('visit.started')).toBeGreaterThan(0);
  expect([...inLog.keys()].toSorted()).toEqual([...after.keys()].toSorted());
  for (const [type, count] of inLog) {
    // The store lives on while the log is read: what happened meanwhile may be in it or not, and nothing else.
    expect(count, type).toBeGreaterThanOrEqual(before.get(type) ?? 0);
    expect(count, type).toBeLessThanOrEqual(after.get(type) ?? 0);
  }
  for (const type of ['member.enrolled', 'consent.given', 'camera.connected'])
    expect(inLog.get(type), type).toBe(after.get(type));
});

test('counters only grow from scrape to scrape, and histograms with them', () => {
  let compared = 0;
  for (const [index, later] of scrapes.slice(1).entries()) {
    for (const family of scrapes[index]!.values()) {
      if (family.type === 'gauge') continue;
      const grown = later.get(family.name);
      for (const { name, labels, value } of family.samples) {
        expect(grown && valueOf(new Map([[family.name, grown]]), name, labels), name).toBeGreaterThanOrEqual(
          value,
        );
        compared += 1;
      }
    }
  }
  expect(compared).toBeGreaterThan(100);
});

test('cameras, vision, log, sink, outbox, requests and the process are all there', () => {
  const last = scrapes.at(-1)!;
  const some = (name: string, labels: Record<string, string> = {}) =>
    expect(valueOf(last, name, labels), name).toBeGreaterThan(0);
  expect(valueOf(last, 'smart_store_camera_up', CAMERA)).toBe(1);
  some('smart_store_camera_frames_total', CAMERA);
  some('smart_store_camera_frame_age_seconds_count', CAMERA);
  for (const stage of ['detect', 'read', 'match', 'frame', 'picture'])
    some('smart_store_vision_stage_duration_seconds_count', { ...CAMERA, stage });
  some('smart_store_vision_faces_total', CAMERA);
  some('smart_store_vision_decisions_total', CAMERA);
  some('smart_store_log_append_duration_seconds_count', { result: 'ok' });
  some('smart_store_sink_rows_total');
  some('smart_store_sink_batch_rows_count');
  some('smart_store_sink_insert_duration_seconds_count');
  expect(
    valueOf(last, 'smart_store_sink_lag_records', { topic: 'store.presence.v1', partition: '3' }),
  ).toBeDefined();
  expect(valueOf(last, 'smart_store_outbox_pending_records')).toBe(0);
  expect(valueOf(last, 'smart_store_sink_dead_letters_total')).toBe(0);
  expect(valueOf(last, 'smart_store_build_info', { profile: 'embedded' })).toBe(1);
  some('nodejs_eventloop_delay_seconds_count');
  const answers = 'http_server_request_duration_seconds_count';
  some(answers, { http_route: '/api/v1/summary', http_response_status_code: '200' });
  expect(valueOf(last, answers, { http_route: '/api/v1/cameras/:cameraId/overlay' })).toBe(3);
});

test('every value of a label is one of few: no id of a person, a visit or an address that was typed', () => {
  const values = new Set<string>();
  for (const family of scrapes.at(-1)!.values()) {
    if (family.name === 'target_info') continue;
    for (const { labels } of family.samples) for (const value of Object.values(labels)) values.add(value);
  }
  expect([...values].filter((value) => /[0-9a-f]{8}-[0-9a-f]{4}|nobody/.test(value))).toEqual([]);
});

test('one trace leads from the camera over the log into ClickHouse, each step under the one before', () => {
  const byId = new Map(collector.spans.map((span) => [span.spanId, span]));
  const chainOf = (span: SentSpan): string[] => {
    const parent = byId.get(span.parentSpanId ?? '');
    if (parent !== undefined) expect(parent.traceId).toBe(span.traceId);
    return parent === undefined ? [span.name] : [...chainOf(parent), span.name];
  };
  const chains = collector.spans.filter(({ name }) => name === 'insert events').map(chainOf);
  expect(chains).toContainEqual([
    'camera frame',
    'moment entered',
    'append store.presence.v1',
    'process clickhouse-sink',
    'insert events',
  ]);
  const nanoseconds = ({ startTimeUnixNano }: SentSpan): bigint => BigInt(startTimeUnixNano);
  for (const span of collector.spans) {
    expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(nanoseconds(span));
    const parent = byId.get(span.parentSpanId ?? '');
    // Clocks in milliseconds and in nanoseconds meet here.
    if (parent !== undefined)
      expect(nanoseconds(span)).toBeGreaterThanOrEqual(nanoseconds(parent) - 2_000_000n);
  }
});

test('every event that a camera led to is traced to its insert or to the batch that inserted it', () => {
  const appends = collector.spans.filter(({ name }) => name === 'append store.presence.v1');
  const stored = collector.spans.filter(({ name }) => name === 'process clickhouse-sink');
  const parents = new Set(stored.map(({ parentSpanId }) => parentSpanId));
  expect(appends.length).toBeGreaterThan(0);
  expect(appends.filter(({ spanId }) => !parents.has(spanId))).toEqual([]);
});

test('nobody is in metrics, traces and logs: no name, pseudonym, visit, key or template', async () => {
  const secrets = await everythingPersonal();
  expect(secrets.length).toBeGreaterThan(20);
  const told = { metrics: texts.join('\n'), traces: collector.bodies.join('\n'), logs: output };
  for (const [where, text] of Object.entries(told)) {
    expect(text.length, where).toBeGreaterThan(1_000);
    for (const { what, secret } of secrets) expect(text.includes(secret), `${what} in ${where}`).toBe(false);
  }
});

test('logs are one JSON object a line, beside the words for the person at the terminal', () => {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
});

async function addressIn(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const url = /(http:\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the store did not open:\n${output}`);
}

function written(text: string): Types {
  const family = parseExposition(text).get('smart_store_events_written_total');
  return new Map(family?.samples.map(({ labels, value }) => [labels['type'] ?? '', value]));
}

async function typesInLog(): Promise<Types> {
  const types = new Map<string, number>();
  for (const { type } of await eventsInLog()) types.set(type, (types.get(type) ?? 0) + 1);
  return types;
}

async function eventsInLog() {
  const log = openEmbeddedLog({ path: join(day.dataDir, 'events.db'), access: 'guest', logger });
  const events: { type: string; id: string; visitid?: string }[] = [];
  try {
    for (const topic of EVENT_TOPICS)
      await readTopic(log, topic, ({ value }) => {
        const decoded = decode(value);
        if (decoded.ok) events.push(decoded.event);
      });
  } finally {
    await log.close();
  }
  return events;
}

/** What must never leave the store, read from where it is kept. */
async function everythingPersonal(): Promise<{ what: string; secret: string }[]> {
  const secrets: { what: string; secret: string }[] = [];
  const add = (what: string, secret: string): void => void secrets.push({ what, secret });
  const house = await openMembers(day.dataDir, toStoreId('demo'), logger);
  try {
    for (const { displayName, memberId, subjectKey } of await house.members.list()) {
      add('a name', displayName);
      add('a member', memberId);
      add('a pseudonym', subjectKey);
    }
    const space = embeddingSpace((await chooseFaceNetworks()).combination);
    for (const { templates } of await house.members.galleryEntries(space.id))
      for (const template of templates) {
        const end = Buffer.from(template.slice(-24));
        for (const encoding of ['hex', 'base64', 'latin1'] as const)
          add('a template', end.toString(encoding));
        // As a careless line would print it.
        for (const number of unpackTemplate(template, space).slice(0, 4)) add('an embedding', String(number));
      }
  } finally {
    await house.close();
  }
  add('the master key', (await readFile(join(day.dataDir, 'members.key'), 'utf8')).trim());
  for (const { visitid } of await eventsInLog()) if (visitid !== undefined) add('a visit', visitid);
  return secrets;
}
