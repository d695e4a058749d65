import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApi } from '../analytics/api/api.ts';
import type { Component } from '../analytics/api/schemas/health.ts';
import { applyMigrations } from '../analytics/migrations/migrate.ts';
import { createCameraBoard } from '../bin/camera-board.ts';
import { startLiveEvents } from '../bin/live-events.ts';
import { connectClickHouse } from '../ingest/clickhouse/client.ts';
import { startClickHouse } from '../ingest/clickhouse/engine.ts';
import { createDeadLetterDesk } from '../ingest/dead-letters/desk.ts';
import { CameraConnected } from '../ingest/events/camera-connected.ts';
import { CameraLost } from '../ingest/events/camera-lost.ts';
import { CameraRecovered } from '../ingest/events/camera-recovered.ts';
import { ConsentWithdrawn } from '../ingest/events/consent-withdrawn.ts';
import { eventRecord } from '../ingest/events/codec.ts';
import { createEvent } from '../ingest/events/envelope.ts';
import type { AnyEvent } from '../ingest/events/registry.ts';
import { VisitIdentified } from '../ingest/events/visit-identified.ts';
import { VisitStarted } from '../ingest/events/visit-started.ts';
import { createEventWriter } from '../ingest/log/event-writer.ts';
import { openEmbeddedLog } from '../ingest/log/embedded.ts';
import { startClickHouseSink } from '../ingest/sinks/clickhouse-sink.ts';
import { newId, newTrackId, toCameraId, toStoreId, toSubjectKey } from '../runtime/ids.ts';
import { createLogger } from '../runtime/logger.ts';
import { ROOT } from '../runtime/paths.ts';
import type { OverlayFace } from '../vision/moments/moment.ts';
import { DOOR_SIZE, drawDoor } from './door-picture.ts';
import { createFloorScene, type FloorScene } from './floor-scene.ts';

const STORE_ID = 'demo';
const CAMERA_ID = toCameraId('front-door');
const TOPICS = ['store.presence.v1', 'store.operations.v1', 'store.membership.v1'];
const SIMULATED = true;

/** A whole store without its vision: real log, sink, ClickHouse and API; the test stands where the camera does. */
export interface StoreRig {
  readonly url: string;
  /** Somebody comes in now; with `subjectKey` a member, recognised a moment later. */
  visitor(who?: { inLane?: boolean; subjectKey?: string; at?: Date }): Promise<void>;
  cameraConnects(at?: Date): Promise<void>;
  cameraLost(): Promise<void>;
  cameraRecovers(): Promise<void>;
  /** Sends one picture with what was seen in it. */
  picture(faces?: OverlayFace[]): void;
  /** The member's consent to show the name; without it `nameOf` gives none. */
  readonly names: Map<string, string>;
  readonly components: Component[];
  /** The floor, where the rig was started with one. */
  readonly floor: FloorScene | undefined;
  /** A ceiling camera delivers pictures, or no longer does. */
  ceiling(cameraId: string, isLive: boolean, at?: Date): void;
  /** These events are in the log. */
  tell(...events: readonly AnyEvent[]): Promise<void>;
  /** Withdraws the consent to show a name. */
  withdrawsName(subjectKey: string): Promise<void>;
  /** A producer writes these bytes, whatever they are. */
  poison(text: string): Promise<void>;
  /** Kills ClickHouse and keeps it down while the work is done. */
  withoutClickHouse(work: () => Promise<void>): Promise<void>;
  /** Stops the API alone, as a restart does, and serves again at the same address. */
  stopApi(): Promise<void>;
  startApi(): Promise<void>;
  close(): Promise<void>;
}

/** @param options `floor`: the demo's ceiling cameras and what they see; without it there are none */
export async function startStoreRig(options: { readonly floor?: boolean } = {}): Promise<StoreRig> {
  const folder = await mkdtemp(join(tmpdir(), 'smart-store-rig-'));
  const logger = createLogger('e2e', process.env['SMART_STORE_LOG'] ?? 'fatal');
  const engine = await startClickHouse({ dataDir: join(folder, 'clickhouse'), logger });
  const address = { url: engine.url, database: 'smart_store' };
  await applyMigrations(address);
  const clickhouse = connectClickHouse(address);
  const log = openEmbeddedLog({ path: join(folder, 'events.db'), logger });
  const sink = await startClickHouseSink({ log, client: clickhouse, logger, topics: TOPICS });
  const writer = createEventWriter(log, logger);
  const floor = options.floor === true ? createFloorScene((events) => writer.write(events)) : undefined;
  const live = await startLiveEvents(log, TOPICS, toStoreId(STORE_ID));
  const board = createCameraBoard(
    [
      {
        id: CAMERA_ID,
        purpose: 'door',
        source: { kind: 'test', pattern: 'smpte' },
        size: DOOR_SIZE,
        framesPerSecond: 15,
        ignore: [],
        detectionsPerSecond: 5,
        stallSeconds: 5,
        lanes: [
          {
            name: 'members',
            polygon: [
              [0.36, 0.3],
              [0.52, 0.3],
              [0.6, 0.98],
              [0.26, 0.98],
            ],
          },
        ],
        entranceLine: { from: [0.05, 0.72], to: [0.95, 0.72] },
      },
      ...(floor?.cameras ?? []),
    ],
    () => SIMULATED,
  );
  const jpeg = await drawDoor();
  const names = new Map<string, string>();
  const components: Component[] = [
    { name: 'event log', state: 'ok', detail: 'takes events' },
    { name: 'clickhouse', state: 'ok', detail: 'answers' },
    { name: 'sink', state: 'ok', detail: '0 events behind' },
  ];
  let api = newApi();
  let port = 0;
  await listen();

  function newApi(): ReturnType<typeof createApi> {
    return createApi({
      store: {
        id: STORE_ID,
        title: 'Atelier Nord',
        timeZone: 'Europe/Berlin',
        currency: 'EUR',
        openingHours: {
          monday: { opens: '10:00', closes: '20:00' },
          tuesday: { opens: '10:00', closes: '20:00' },
          wednesday: { opens: '10:00', closes: '20:00' },
          thursday: { opens: '10:00', closes: '20:00' },
          friday: { opens: '10:00', closes: '20:00' },
          saturday: { opens: '10:00', closes: '18:00' },
          sunday: null,
        },
        simulated: SIMULATED,
      },
      clickhouse,
      deadLetters: createDeadLetterDesk(log),
      live,
      cameras: board,
      ...(floor === undefined ? {} : { floor: floor.port }),
      nameOf: (subjectKey) => names.get(subjectKey),
      networks: () => [
        { task: 'Face detection', name: 'blazeface', why: 'YuNet is not present; this one comes with npm' },
        { task: 'Face recognition', name: 'face-recognition-dlib', why: 'the only recogniser present' },
      ],
      health: () => components,
      logger,
      dashboardDir: join(ROOT, 'dashboard/dist'),
    });
  }
  async function listen(): Promise<void> {
    const { port: bound } = new URL(await api.listen({ host: '127.0.0.1', port }));
    port = Number(bound);
  }
  async function append(...events: AnyEvent[]): Promise<void> {
    await log.append(events.map(eventRecord));
  }
  const facts = { source: `/stores/${STORE_ID}/cameras/${CAMERA_ID}`, storeId: STORE_ID };
  const cameraFacts = { ...facts, subject: `stores/${STORE_ID}/cameras/${CAMERA_ID}` };

  return {
    get url() {
      return `http://127.0.0.1:${port}/`;
    },
    names,
    components,
    floor,
    tell: append,
    ceiling(cameraId, isLive, time = new Date()) {
      const id = toCameraId(cameraId);
      const { width, height } = floor!.cameras.find((camera) => camera.id === cameraId)!.size;
      const loss = { cameraId: id, reason: 'stalled', detail: 'no frame for 5.0 s' } as const;
      const moment = isLive
        ? ({ kind: 'camera-connected', cameraId: id, atMs: time.getTime(), width, height } as const)
        : ({ kind: 'camera-lost', atMs: time.getTime(), ...loss } as const);
      board.show(moment);
      floor!.handle(moment);
    },
    async visitor({ inLane = false, subjectKey, at = new Date() } = {}) {
      const visitId = newId();
      const visit = { ...facts, time: at, visitId, subject: `stores/${STORE_ID}/visits/${visitId}` };
      const entrance = { cameraId: CAMERA_ID, inLane };
      await append(createEvent(VisitStarted, { ...visit, data: { entrance, simulated: SIMULATED } }));
      if (subjectKey === undefined) return;
      const decision = {
        network: 'face-recognition-dlib',
        distance: 0.312,
        margin: 0.284,
        threshold: 0.465,
        frames: 6,
      };
      const data = {
        subjectKey: toSubjectKey(subjectKey),
        cameraId: CAMERA_ID,
        decision,
        simulated: SIMULATED,
      };
      await append(createEvent(VisitIdentified, { ...visit, data }));
    },
    async cameraConnects(at = new Date()) {
      const { width, height } = DOOR_SIZE;
      const data = { cameraId: CAMERA_ID, width, height, simulated: SIMULATED };
      board.show({ kind: 'camera-connected', cameraId: CAMERA_ID, atMs: at.getTime(), width, height });
      await append(createEvent(CameraConnected, { ...cameraFacts, time: at, data }));
    },
    async cameraLost() {
      const time = new Date();
      const loss = { cameraId: CAMERA_ID, reason: 'stalled', detail: 'no frame for 5.0 s' } as const;
      board.show({ kind: 'camera-lost', atMs: time.getTime(), ...loss });
      await append(createEvent(CameraLost, { ...cameraFacts, time, data: loss }));
    },
    async cameraRecovers() {
      const time = new Date();
      const data = { cameraId: CAMERA_ID, downSeconds: 3, attempts: 1 };
      board.show({ kind: 'camera-recovered', atMs: time.getTime(), ...data, cameraId: CAMERA_ID });
      await append(createEvent(CameraRecovered, { ...cameraFacts, time, data }));
    },
    picture(faces = []) {
      const atMs = Date.now();
      board.show({ kind: 'overlay', cameraId: CAMERA_ID, atMs, faces, framesPerSecond: 15.2, dropped: 0 });
      board.show({ kind: 'picture', cameraId: CAMERA_ID, atMs, jpeg });
    },
    async withdrawsName(subjectKey) {
      const time = new Date();
      const subject = `stores/${STORE_ID}/subjects/${subjectKey}`;
      const data = { subjectKey: toSubjectKey(subjectKey), purpose: 'show-name' } as const;
      const source = `/stores/${STORE_ID}/members`;
      await append(createEvent(ConsentWithdrawn, { source, storeId: STORE_ID, subject, time, data }));
    },
    async poison(text) {
      await log.append([{ topic: 'store.presence.v1', key: 'poison', value: Buffer.from(text) }]);
    },
    async withoutClickHouse(work) {
      const pid = engine.pid();
      if (pid === undefined) throw new Error('ClickHouse is not running');
      // A stopped process answers nothing, and its supervisor does not start it again.
      process.kill(pid, 'SIGSTOP');
      try {
        await work();
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    },
    stopApi: () => api.close(),
    async startApi() {
      api = newApi();
      await listen();
    },
    async close() {
      floor?.close();
      await api.close();
      await live.close();
      await writer.close(1000);
      await sink.close();
      await log.close();
      await clickhouse.close();
      await engine.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Faces as the worker would tell them: a member, somebody undecided, and somebody outside the lane. */
export function threeFaces(subjectKey: string): OverlayFace[] {
  return [
    {
      trackId: newTrackId(),
      boxXyxy: [536, 278, 584, 338],
      inLane: true,
      state: { kind: 'member', subjectKey: toSubjectKey(subjectKey), distance: 0.312 },
    },
    {
      trackId: newTrackId(),
      boxXyxy: [352, 322, 408, 396],
      inLane: true,
      state: { kind: 'undecided', reason: 'too-far', distance: 0.61, margin: 0.02 },
    },
    {
      trackId: newTrackId(),
      boxXyxy: [770, 332, 830, 408],
      inLane: false,
      state: { kind: 'anonymous' },
    },
  ];
}
