import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '../../runtime/errors.ts';
import { createLogger } from '../../runtime/logger.ts';
import { CACHE_DIR } from '../../runtime/paths.ts';
import type { Report, ReportArgs, ReportBody } from '../../runtime/report.ts';
import type { Topic } from '../topics.ts';
import { openEmbeddedLog, type EmbeddedLog } from './embedded.ts';
import type { NewRecord } from './event-log.ts';
import { readTopic } from './read-topic.ts';

const EVENT_BYTES = 1024;
const BATCHES = [100, 1000] as const;
/** Ours and the plain file take turns, so that a busy moment of the machine meets both. */
const ROUNDS = 5;
const LATENCY_SAMPLES = 300;
const CONCURRENT_APPENDS = 100;

const TOPIC: Topic = {
  name: 'bench.v1',
  keyedBy: 'origin',
  partitions: 4,
  retentionDays: 30,
  why: 'laid out like the presence topic, the busiest',
};

export const report: Report = {
  name: 'log',
  summary:
    'How fast the embedded event log appends, reads and delivers, against a plain file with fdatasync.',
  options: {
    events: 'events appended for each batch size (default 40000)',
    folder: 'where to write; pick the disk that the store will use (default: the cache folder)',
  },
  run,
};

async function run({ options, progress }: ReportArgs): Promise<ReportBody> {
  const events = eventsOf(options['events']);
  const parent = typeof options['folder'] === 'string' ? options['folder'] : CACHE_DIR;
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'bench-log-'));
  const log = openEmbeddedLog({
    path: join(folder, 'log.db'),
    topics: [TOPIC],
    logger: createLogger('event-log', 'warn'),
  });
  try {
    return await measure(log, folder, events, progress);
  } finally {
    await log.close();
    await rm(folder, { recursive: true });
  }
}

async function measure(
  log: EmbeddedLog,
  folder: string,
  events: number,
  progress: ReportArgs['progress'],
): Promise<ReportBody> {
  const appended: Record<string, number> = {};
  const plain: Record<string, number> = {};
  for (const batch of BATCHES) {
    progress(
      `appending ${events} events of ${EVENT_BYTES} bytes in batches of ${batch}, and to a plain file`,
    );
    const ours: number[] = [];
    const theirs: number[] = [];
    const perRound = Math.max(batch, Math.round(events / ROUNDS));
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push(await appendRate(log, perRound, batch));
      theirs.push(await plainFileRate(join(folder, `plain-${batch}-${round}`), perRound, batch));
    }
    appended[`batch${batch}`] = Math.round(quantile(ours, 0.5));
    plain[`batch${batch}`] = Math.round(quantile(theirs, 0.5));
  }

  progress(`appending single events, ${CONCURRENT_APPENDS} at once`);
  const concurrent = await concurrentRate(log, Math.min(events, 10_000));
  progress('reading everything back');
  const read = await readRate(log);
  progress(`from append to delivery, ${LATENCY_SAMPLES} times, and a synced write to a plain file`);
  const visibleMs = await deliveryLatencies(log);
  const syncedMs = await syncLatencies(join(folder, 'plain-latency'));

  return {
    figures: {
      eventsPerSecond: appended['batch1000'],
      appendEventsPerSecond: { ...appended, [`single${CONCURRENT_APPENDS}AtOnce`]: concurrent },
      readEventsPerSecond: read,
      visibleP50Ms: milliseconds(quantile(visibleMs, 0.5)),
      visibleP95Ms: milliseconds(quantile(visibleMs, 0.95)),
      eventBytes: EVENT_BYTES,
    },
    baselines: {
      plainFileEventsPerSecond: plain,
      plainFileSyncP50Ms: milliseconds(quantile(syncedMs, 0.5)),
      plainFileSyncP95Ms: milliseconds(quantile(syncedMs, 0.95)),
    },
    ratios: {
      appendToPlainFile100: ratio(appended['batch100']!, plain['batch100']!),
      appendToPlainFile1000: ratio(appended['batch1000']!, plain['batch1000']!),
      visibleP50ToPlainFileSyncP50: ratio(quantile(visibleMs, 0.5), quantile(syncedMs, 0.5)),
    },
    notes: [
      `Rates are medians of ${ROUNDS} rounds; the plain file gets the same bytes in batches of the same size, each followed by fdatasync.`,
      'Visible: from the call of append to the call of the consumer in the same process, one event at a time.',
    ],
  };
}

function eventsOf(option: string | true | undefined): number {
  const events = option === undefined ? 40_000 : Number(option);
  if (Number.isSafeInteger(events) && events >= 1000) return events;
  throw new UserError(
    'bench.events',
    `--events should be a whole number of at least 1000, found ${String(option)}.`,
    'Leave it away for 40000.',
  );
}

/** Values that no disk or file system can compress away. */
function eventBatch(count: number): NewRecord[] {
  const bytes = randomBytes(EVENT_BYTES * count);
  return Array.from({ length: count }, (_, i) => ({
    topic: TOPIC.name,
    key: `visit-${i % 50}`,
    value: bytes.subarray(i * EVENT_BYTES, (i + 1) * EVENT_BYTES),
  }));
}

async function appendRate(log: EmbeddedLog, events: number, batch: number): Promise<number> {
  const records = eventBatch(batch);
  return rateOf(events, batch, () => log.append(records));
}

async function plainFileRate(path: string, events: number, batch: number): Promise<number> {
  const bytes = randomBytes(EVENT_BYTES * batch);
  const file = await open(path, 'a');
  try {
    return await rateOf(events, batch, async () => {
      await file.write(bytes);
      await file.datasync();
    });
  } finally {
    await file.close();
  }
}

async function rateOf(events: number, batch: number, once: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  let done = 0;
  for (; done < events; done += batch) await once();
  return (done * 1000) / (performance.now() - startMs);
}

async function concurrentRate(log: EmbeddedLog, events: number): Promise<number> {
  const [record] = eventBatch(1);
  const each = Math.ceil(events / CONCURRENT_APPENDS);
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENT_APPENDS }, async () => {
      for (let i = 0; i < each; i += 1) await log.append([record!]);
    }),
  );
  return Math.round((each * CONCURRENT_APPENDS * 1000) / (performance.now() - startMs));
}

async function readRate(log: EmbeddedLog): Promise<number> {
  let count = 0;
  const startMs = performance.now();
  await readTopic(log, TOPIC.name, () => (count += 1));
  return Math.round((count * 1000) / (performance.now() - startMs));
}

async function deliveryLatencies(log: EmbeddedLog): Promise<number[]> {
  const [record] = eventBatch(1);
  let delivered: (key: string) => void = () => undefined;
  const consumer = await log.consume({
    group: 'bench',
    topics: [TOPIC.name],
    async onBatch(batch) {
      for (const { key } of batch.records) delivered(key);
      await batch.commit(batch.records.at(-1)!.offset + 1);
    },
  });
  // What the other measurements left is read first.
  while ((await log.lag('bench')).some(({ lag }) => lag > 0)) await pause(20);
  const latencies: number[] = [];
  for (let i = 0; i < LATENCY_SAMPLES; i += 1) {
    const key = `latency-${i}`;
    const seen = new Promise<void>((resolve) => {
      delivered = (found) => {
        if (found === key) resolve();
      };
    });
    const startMs = performance.now();
    await Promise.all([log.append([{ ...record!, key }]), seen]);
    latencies.push(performance.now() - startMs);
    await pause(5);
  }
  await consumer.close();
  return latencies;
}

async function syncLatencies(path: string): Promise<number[]> {
  const bytes = randomBytes(EVENT_BYTES);
  const file = await open(path, 'a');
  const latencies: number[] = [];
  try {
    for (let i = 0; i < LATENCY_SAMPLES; i += 1) {
      const startMs = performance.now();
      await file.write(bytes);
      await file.datasync();
      latencies.push(performance.now() - startMs);
      await pause(5);
    }
  } finally {
    await file.close();
  }
  return latencies;
}

function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? NaN;
}

const milliseconds = (value: number): number => Math.round(value * 100) / 100;
const ratio = (ours: number, theirs: number): number => Math.round((ours / theirs) * 1000) / 1000;
