import type { CameraStatus } from '../../analytics/api/schemas/camera.ts';
import type { Readiness } from '../../analytics/api/schemas/health.ts';
import type { LiveEvent, ServerClock } from '../../analytics/api/schemas/live.ts';
import type { Moment } from '../../analytics/api/schemas/moment.ts';
import type { Store } from '../../analytics/api/schemas/store.ts';
import type { Summary } from '../../analytics/api/schemas/summary.ts';
import type { VisitsByHour } from '../../analytics/api/schemas/visits-by-hour.ts';
import { Announcer } from './announcer.svelte.ts';
import { CameraWall } from './camera-wall.svelte.ts';
import { clockSkew, SAMPLES_KEPT, type ClockSample } from './clock-skew.ts';
import { DeadLetterPile, type DeadLetterPileDeps } from './dead-letter-pile.svelte.ts';
import { FloorBoard, type FloorBoardDeps } from './floor-board.svelte.ts';
import { LiveFeed, type LiveFeedDeps } from './live-feed.svelte.ts';
import { MomentList } from './moment-list.svelte.ts';
import { Resource, type Failure } from './resource.svelte.ts';

export interface StorePageDeps {
  readonly api: DeadLetterPileDeps['api'] &
    FloorBoardDeps['api'] & {
      store(): Promise<Store>;
      summary(): Promise<Summary>;
      visitsByHour(): Promise<VisitsByHour>;
      moments(): Promise<readonly Moment[]>;
      cameras(): Promise<readonly CameraStatus[]>;
      readiness(): Promise<Readiness>;
      clock(): Promise<ServerClock>;
    };
  readonly openLive: LiveFeedDeps['open'];
  readonly explain: (thrown: unknown) => Failure;
}

const TICK_MS = 1000;
const REFRESH_MS = 15_000;
const CLOCK_MS = 30_000;
const FIRST_CLOCKS_MS = [1500, 2500, 4000];
/** A change of the summary is in the hourly roll-up as well; asking once for a burst is enough. */
const HOURS_AFTER_CHANGE_MS = 500;

/** Everything that the page shows, kept up to date. */
export class StorePage {
  readonly store: Resource<Store>;
  readonly summary: Resource<Summary>;
  readonly hours: Resource<VisitsByHour>;
  readonly history: Resource<readonly Moment[]>;
  readonly readiness: Resource<Readiness>;
  readonly moments = new MomentList();
  readonly cameras = new CameraWall();
  readonly announcer = new Announcer((count) => (count === 1 ? '1 new visitor' : `${count} new visitors`));
  readonly deadLetters: DeadLetterPile;
  readonly floor: FloorBoard;
  readonly feed: LiveFeed;
  /** By the server's clock. */
  nowMs = $state(Date.now());
  readonly #deps: StorePageDeps;
  #samples = $state.raw<readonly ClockSample[]>([]);
  /** When this connection began, by the server's clock; what was recorded before is told, but wasn't watched. */
  #listeningSinceMs = Infinity;
  #timers: ReturnType<typeof setTimeout>[] = [];
  #hoursSoon: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: StorePageDeps) {
    const { api, explain } = deps;
    this.#deps = deps;
    this.store = new Resource(() => api.store(), explain);
    this.summary = new Resource(() => api.summary(), explain);
    this.hours = new Resource(() => api.visitsByHour(), explain);
    this.readiness = new Resource(() => api.readiness(), explain);
    this.deadLetters = new DeadLetterPile({
      api,
      explain,
      announce: (message) => this.announcer.announce(message),
    });
    this.floor = new FloorBoard({
      api,
      explain,
      announce: (message) => this.announcer.announce(message),
      nowMs: () => this.serverNowMs(),
    });
    this.history = new Resource(async () => {
      const history = await api.moments();
      this.moments.merge(history);
      return history;
    }, explain);
    this.feed = new LiveFeed({
      open: deps.openLive,
      onEvent: (event) => this.#take(event),
      onConnected: (again) => {
        this.#listeningSinceMs = Infinity;
        // What was on the screen before says nothing about now.
        this.cameras.forgetPicture();
        this.floor.forget();
        if (again) this.announcer.announce('The connection to the store is back');
        void this.reload();
      },
    });
  }

  /** How far the browser's clock and the server's are apart, as far as that can be known. */
  get skew(): ReturnType<typeof clockSkew> {
    return clockSkew(this.#samples);
  }

  /** Now, by the server's clock. */
  serverNowMs(): number {
    return Date.now() + (this.skew?.offsetMs ?? 0);
  }

  /** The store can't be reached at all; what is shown is from before. */
  get unreachable(): boolean {
    return this.feed.state === 'lost' || this.store.failure?.code === 'unreachable';
  }

  /** Starts asking and listening; `stop` ends it. */
  start(): void {
    this.feed.start();
    void this.reload();
    const every = (intervalMs: number, work: () => void): void => {
      this.#timers.push(setInterval(work, intervalMs));
    };
    every(TICK_MS, () => {
      this.nowMs = this.serverNowMs();
    });
    every(REFRESH_MS, () => {
      if (this.feed.state !== 'live') return;
      void this.hours.load();
      void this.readiness.load();
      void this.deadLetters.load();
      void this.floor.refresh();
      // The live feed brings summaries; while ClickHouse is away it can't, and asking says why.
      void this.summary.load();
      if (this.history.state === 'failed') void this.history.load();
    });
    // The first question went out among many others and came back late; some quiet ones follow.
    this.#timers.push(
      ...FIRST_CLOCKS_MS.map((delayMs) => setTimeout(() => void this.#compareClocks(), delayMs)),
    );
    every(CLOCK_MS, () => void this.#compareClocks());
  }

  stop(): void {
    this.feed.stop();
    this.announcer.stop();
    this.deadLetters.stop();
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#hoursSoon);
    this.#timers = [];
  }

  /** Asks for everything. */
  async reload(): Promise<void> {
    await Promise.all([
      this.#loadStore(),
      this.summary.load(),
      this.hours.load(),
      this.history.load(),
      this.readiness.load(),
      this.deadLetters.load(),
      this.#loadCameras(),
      this.#compareClocks(),
    ]);
  }

  #take(event: LiveEvent): void {
    switch (event.name) {
      case 'moment':
        this.#takeMoment(event.data);
        break;
      case 'summary':
        this.summary.set(event.data);
        this.#loadHoursSoon();
        break;
      case 'overlay':
        this.cameras.addOverlay(event.data);
        break;
      case 'picture':
        this.cameras.offerPicture(event.data.cameraId, event.data.atMs);
        break;
      case 'camera':
        this.cameras.set(event.data);
        break;
      case 'floor':
        this.floor.take(event.data);
        break;
      case 'reset':
        void this.history.load();
        break;
      case 'heartbeat':
        this.#listeningSinceMs = Math.min(this.#listeningSinceMs, event.data.serverTimeMs);
        break;
    }
  }

  #takeMoment(moment: Moment): void {
    this.moments.add(moment, Date.parse(moment.recordedAt) >= this.#listeningSinceMs);
    const { fact } = moment;
    if (fact.kind === 'visit.started') this.announcer.visit();
    if (fact.kind === 'camera.lost') this.announcer.announce(`Camera ${fact.cameraId} was lost`);
    if (fact.kind === 'camera.recovered') this.announcer.announce(`Camera ${fact.cameraId} is back`);
    if (fact.kind.startsWith('camera.')) {
      void this.summary.load();
      this.#loadHoursSoon();
      void this.readiness.load();
    }
  }

  #loadHoursSoon(): void {
    this.#hoursSoon ??= setTimeout(() => {
      this.#hoursSoon = undefined;
      void this.hours.load();
    }, HOURS_AFTER_CHANGE_MS);
  }

  async #loadStore(): Promise<void> {
    await this.store.load();
    if (this.store.value !== undefined) await this.floor.load(this.store.value.floor);
  }

  async #loadCameras(): Promise<void> {
    try {
      this.cameras.setAll(await this.#deps.api.cameras());
    } catch {
      // The live feed tells each camera's state when it is back; the page says meanwhile that nothing answers.
    }
  }

  async #compareClocks(): Promise<void> {
    const sentMs = Date.now();
    try {
      const { serverTimeMs } = await this.#deps.api.clock();
      const sample = { sentMs, serverMs: serverTimeMs, receivedMs: Date.now() };
      this.#samples = [...this.#samples, sample].slice(-SAMPLES_KEPT);
    } catch {
      // Without a new sample the older ones still hold.
    }
  }
}
