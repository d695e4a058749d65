import type { LiveEvent } from '../../analytics/api/schemas/live.ts';

/** A connection that delivers live events until it is closed or breaks. */
export interface LiveSource {
  close(): void;
}

export interface LiveSourceHandlers {
  /** @param id the moment's id, where the event has one */
  event(event: LiveEvent, id: string | undefined): void;
  broken(): void;
}

export interface LiveFeedDeps {
  /** Opens a connection; `lastEventId` is the last moment that came through an earlier one. */
  readonly open: (lastEventId: string | undefined, handlers: LiveSourceHandlers) => LiveSource;
  readonly onEvent: (event: LiveEvent) => void;
  /** Called when the first event of a connection came, `again` when it is not the first connection. */
  readonly onConnected: (again: boolean) => void;
}

/** The server sends a heartbeat every 5 seconds: three missed ones are a dead line. */
export const SILENCE_LIMIT_MS = 15_000;
const BACK_OFF_MS = [500, 1000, 2000, 4000, 8000];

/** Keeps a live connection: notices silence, waits longer after each failure, continues where it broke. */
export class LiveFeed {
  state = $state<'connecting' | 'live' | 'lost'>('connecting');
  readonly #deps: LiveFeedDeps;
  #source: LiveSource | undefined;
  #lastEventId: string | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #connectedBefore = false;
  #stopped = false;

  constructor(deps: LiveFeedDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#stopped = false;
    this.#connect();
  }

  /** Tries now instead of later: the browser says that the network is back, or a person asks. */
  retryNow(): void {
    if (this.state === 'live' || this.#stopped) return;
    this.#failures = 0;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#disconnect();
  }

  #connect(): void {
    this.#disconnect();
    this.#listenForSilence();
    this.#source = this.#deps.open(this.#lastEventId, {
      event: (event, id) => this.#take(event, id),
      broken: () => this.#lose(),
    });
  }

  #take(event: LiveEvent, id: string | undefined): void {
    this.#listenForSilence();
    if (id !== undefined) this.#lastEventId = id;
    if (this.state !== 'live') {
      this.state = 'live';
      this.#failures = 0;
      this.#deps.onConnected(this.#connectedBefore);
      this.#connectedBefore = true;
    }
    this.#deps.onEvent(event);
  }

  #lose(): void {
    this.#disconnect();
    this.state = 'lost';
    if (this.#stopped) return;
    const waitMs = BACK_OFF_MS[Math.min(this.#failures, BACK_OFF_MS.length - 1)];
    this.#failures++;
    this.#retry = setTimeout(() => this.#connect(), waitMs);
  }

  #listenForSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lose(), SILENCE_LIMIT_MS);
  }

  #disconnect(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = undefined;
  }
}
