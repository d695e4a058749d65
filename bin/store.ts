import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApi } from '../analytics/api/api.ts';
import type { ApiDeps } from '../analytics/api/ports.ts';
import type { Deployment, Store } from '../config/schema.ts';
import { createDeadLetterDesk } from '../ingest/dead-letters/desk.ts';
import { decode } from '../ingest/events/codec.ts';
import type { EventLog, LogRecord } from '../ingest/log/event-log.ts';
import { readTopic } from '../ingest/log/read-topic.ts';
import { tracedLog } from '../ingest/log/traced-log.ts';
import { startClickHouseSink, type ClickHouseSink } from '../ingest/sinks/clickhouse-sink.ts';
import { UserError } from '../runtime/errors.ts';
import { toStoreId, type StoreId } from '../runtime/ids.ts';
import { createLogger, type Logger } from '../runtime/logger.ts';
import { ROOT } from '../runtime/paths.ts';
import { startTelemetry } from '../runtime/telemetry.ts';
import { versionOfPackage } from '../runtime/version.ts';
import { startOutboxRelay } from '../store/database/outbox.ts';
import { createPresence, type Presence } from '../vision/moments/presence.ts';
import { createCalibrationPort } from './calibration-port.ts';
import { openAnalytics } from './analytics.ts';
import { createCameraBoard } from './camera-board.ts';
import { keepGalleries, openCameras } from './cameras.ts';
import { createClosing } from './closing.ts';
import { EVENT_TOPICS, lagOfSink, openEventLog } from './event-log.ts';
import { createEventWriter } from '../ingest/log/event-writer.ts';
import { createFloorPort, floorSettingOf } from './floor-port.ts';
import { healthOf } from './health.ts';
import { startLiveEvents } from './live-events.ts';
import { createNames, openMembers } from './members.ts';
import { observeStore } from './observed.ts';
import { enrolCast, prepareCameras } from './simulated.ts';

export interface StoreOptions {
  readonly deployment: Deployment;
  /** The file that `deployment` came from, for messages. */
  readonly configPath: string;
  readonly dataDir: string;
  /** Overrides the configuration's port; 0 is any free one. */
  readonly port?: number;
  /** Says what is going on, a line a step. */
  readonly progress: (message: string) => void;
}

export interface RunningStore {
  /** Where the page is. */
  readonly url: string;
  /** Rejects when a part failed that the store can't go on without; never resolves before {@link close}. */
  readonly closed: Promise<void>;
  /** Ends every part in order; what was acknowledged is kept. */
  close(): Promise<void>;
}

const TICK_MS = 1_000;
/** Who came earlier counts as gone (analytics/queries/occupancy-now.ts), and a chain's log is not read through at a start. */
const LONGEST_VISIT_MS = 24 * 3_600_000;
const LAST_WRITES_LIMIT_MS = 5_000;
const DRAIN_POLL_MS = 50;
const LOG_ANSWERS_MS = 2_000;

/**
 * Puts the store together and opens it. Parts are started from the log outwards, so that nothing that is seen finds no
 * place to go, and closed in the opposite order.
 * @throws UserError for whatever a person can mend: ports, files, keys, cameras
 */
export async function openStore(options: StoreOptions): Promise<RunningStore> {
  const { deployment, progress } = options;
  const logger = createLogger('store');
  const closing = createClosing(logger);
  try {
    return await open(options, logger, closing);
  } catch (thrown) {
    progress('closing what was opened');
    await closing.closeAll();
    throw asUserError(thrown, deployment.server, options.port);
  }
}

async function open(
  options: StoreOptions,
  logger: Logger,
  closing: ReturnType<typeof createClosing>,
): Promise<RunningStore> {
  const { deployment, dataDir, progress } = options;
  const store = deployment.stores[0]!;
  const storeId = toStoreId(store.id);
  mkdirSync(dataDir, { recursive: true });

  const telemetry = startTelemetry({
    serviceName: 'smart-store',
    instance: storeId,
    version: versionOfPackage(),
    profile: deployment.profile,
    tracesUrl: deployment.telemetry.tracesUrl,
    logger,
  });
  closing.add('telemetry', () => telemetry.close());

  const cluster = deployment.profile === 'cluster';
  if (cluster) progress(`reaching Kafka (${deployment.kafka.brokers.join(', ')})`);
  const log = tracedLog(await openEventLog(deployment, dataDir, logger));
  closing.add('event log', () => log.close());

  progress(cluster ? `reaching ClickHouse (${deployment.analytics.url})` : 'starting the analytics engine');
  const analytics = await openAnalytics(deployment, dataDir, logger);
  closing.add('analytics', () => analytics.close());
  const sink =
    cluster && deployment.analytics.sink === 'separate'
      ? null
      : await startClickHouseSink({ log, client: analytics.client, logger, topics: EVENT_TOPICS });
  if (sink !== null) {
    closing.add('sink', async () => {
      await drain(sink);
      await sink.close();
    });
  }

  const house = await openMembers(dataDir, storeId, logger);
  const { members, database } = house;
  closing.add('members', () => house.close());
  const relay = startOutboxRelay({ database, log, logger });
  closing.add('outbox relay', () => relay.close());

  const live = await startLiveEvents(log, EVENT_TOPICS, storeId);
  closing.add('live events', () => live.close());
  const writer = createEventWriter(log, logger);
  closing.add('event writer', async () => {
    const lost = await writer.close(LAST_WRITES_LIMIT_MS);
    if (lost > 0) logger.error({ lost }, 'the event log did not take the last events');
  });
  const stopObserving = observeStore({ log, topics: EVENT_TOPICS, sink, writer, database });
  closing.add('observing', () => {
    stopObserving();
    return undefined;
  });

  const simulated = new Set(
    store.cameras.filter(({ source }) => source.kind === 'simulation').map(({ id }) => id),
  );
  const isSimulated = (cameraId: string): boolean => simulated.has(cameraId);
  const floorSetting = floorSettingOf(store);
  const presence = createPresence({
    storeId,
    assumedStayMs: store.visits.assumedStayMinutes * 60_000,
    isSimulated,
    ...(floorSetting === undefined ? {} : { floor: floorSetting }),
  });
  await restorePresence(presence, log, storeId);
  const ticking = setInterval(() => {
    writer.write(presence.endOverdue(Date.now()));
  }, TICK_MS);
  closing.add('ticking', () => {
    clearInterval(ticking);
    return undefined;
  });

  const cameras = await prepareCameras(store.cameras, progress);
  await enrolCast(cameras, members, deployment, progress);

  const board = createCameraBoard(store.cameras, isSimulated);
  const names = createNames(members, logger);
  await names.refresh();
  progress('opening the cameras');
  const watched = await openCameras({
    cameras,
    deployment,
    placeOf: (cameraId) => `${options.configPath} (cameras of ${store.id}, ${cameraId}, size)`,
    onMoment(moment) {
      board.show(moment);
      writer.write(presence.handle(moment));
    },
    closing,
  });
  await keepGalleries(watched.doors, members, names, logger, closing);
  const [firstDoor] = watched.doors;
  if (firstDoor !== undefined) {
    const { length } = await members.needingReEnrolment(firstDoor.space);
    if (length > 0)
      progress(`${length} members are not recognised until they enrol again: the networks have changed`);
  }

  const floor = createFloorPort(store, presence, (events) => writer.write(events));
  const { host, port } = deployment.server;
  const api = createApi({
    store: describeStore(store, simulated.size > 0),
    clickhouse: analytics.client,
    deadLetters: createDeadLetterDesk(log),
    live,
    cameras: board,
    ...(floor === undefined ? {} : { floor }),
    calibration: createCalibrationPort(store),
    nameOf: (subjectKey) => names.of(subjectKey),
    networks: () => watched.networks,
    health: async () =>
      healthOf({
        writer,
        engine: analytics.engine,
        clickHouseAnswers: await analytics.answers(),
        sink: await unlessSlow(sink === null ? lagOfSink(log).then((lag) => ({ lag })) : sink.metrics()),
        cameras: board.list(),
      }),
    metricsText: () => telemetry.metricsText(),
    logger,
    dashboardDir: `${ROOT}dashboard/dist`,
    ...(isLoopback(host) ? {} : { allowedHosts: 'any' as const }),
  });
  closing.add('page', () => api.close());
  const url = await api.listen({ host, port: options.port ?? port });

  const failures = Promise.race([...(sink === null ? [] : [sink.closed]), live.closed, watched.closed]);
  let stopping = false;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const closed = Promise.race([failures.then(() => finished), finished]);
  return {
    url,
    closed,
    async close() {
      if (stopping) return finished;
      stopping = true;
      await closing.closeAll();
      finish();
      return finished;
    },
  };
}

/** The answer of an event log, or null where it fails or takes longer than whoever asks can wait: brokers may be away. */
function unlessSlow<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  return Promise.race([answer.catch(() => null), sleep(LOG_ANSWERS_MS, null, { ref: false })]);
}

/** What was written last is stored too, unless ClickHouse is in the way: then the next start does it. */
async function drain(sink: ClickHouseSink): Promise<void> {
  const limit = AbortSignal.timeout(LAST_WRITES_LIMIT_MS);
  while (!limit.aborted) {
    const metrics = await unlessSlow(sink.metrics());
    if (metrics === null || metrics.lag === 0 || metrics.lastError !== null) return;
    await sleep(DRAIN_POLL_MS);
  }
}

/** Everyone who was inside when the last run ended, however it ended. */
async function restorePresence(presence: Presence, log: EventLog, storeId: StoreId): Promise<void> {
  const visit = (record: LogRecord): void => {
    const decoded = decode(record.value);
    if (decoded.ok && decoded.event.storeid === storeId) presence.restore(decoded.event);
  };
  await readTopic(log, 'store.presence.v1', visit, Date.now() - LONGEST_VISIT_MS);
}

function describeStore(store: Store, simulated: boolean): ApiDeps['store'] {
  const { id, title, timeZone, currency, openingHours } = store;
  const hoursOf = (day: keyof typeof openingHours): { opens: string; closes: string } | null => {
    const hours = openingHours[day];
    return hours === 'closed' ? null : { opens: hours[0], closes: hours[1] };
  };
  return {
    id,
    title,
    timeZone,
    currency,
    simulated,
    openingHours: {
      monday: hoursOf('monday'),
      tuesday: hoursOf('tuesday'),
      wednesday: hoursOf('wednesday'),
      thursday: hoursOf('thursday'),
      friday: hoursOf('friday'),
      saturday: hoursOf('saturday'),
      sunday: hoursOf('sunday'),
    },
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** A port that is taken, or not ours to take, is the person's to choose. */
function asUserError(thrown: unknown, server: Deployment['server'], port = server.port): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown)) return thrown;
  const address = `${server.host}:${port}`;
  switch (thrown.code) {
    case 'EADDRINUSE':
      return new UserError(
        'server.port-taken',
        `The page should be at ${address}, but another program listens there.`,
        'End that program (perhaps another Smart Store), or choose another port: npm start -- --port 8081.',
        { cause: thrown },
      );
    case 'EACCES':
    case 'EADDRNOTAVAIL':
      return new UserError(
        'server.address',
        `The page should be at ${address}, but this machine does not allow it: ${thrown.message}.`,
        'Change server.host and server.port in the configuration; ports below 1024 need rights that a store should not have.',
        { cause: thrown },
      );
    default:
      return thrown;
  }
}
