import type {
  FloorHeatMap,
  FloorPerson,
  FloorPlan,
  FloorQueues,
  FloorSnapshot,
  FloorTransitions,
  FloorZones,
} from '../../analytics/api/schemas/floor.ts';
import { periodQuery, type ChosenPeriod, type PeriodChoice } from './floor-period.ts';
import { Resource, type Failure } from './resource.svelte.ts';

/** What the plan shows. */
export type FloorView = 'live' | 'dwell' | 'passage' | 'ways';

export type PeriodQuery = Readonly<{ from?: string; to?: string }>;

export interface FloorBoardDeps {
  readonly api: {
    floorPlan(): Promise<FloorPlan>;
    floorHeatMap(by: 'dwell' | 'passage', period: PeriodQuery): Promise<FloorHeatMap>;
    floorZones(period: PeriodQuery): Promise<FloorZones>;
    floorQueues(period: PeriodQuery): Promise<FloorQueues>;
    floorWays(period: PeriodQuery): Promise<FloorTransitions>;
    markStaff(visitId: string): Promise<unknown>;
  };
  readonly explain: (thrown: unknown) => Failure;
  readonly announce: (message: string) => void;
  /** By the server's clock. */
  readonly nowMs: () => number;
}

/** The server tells at least every 3 s how the floor is; what is older says nothing about now. */
export const SNAPSHOT_LIMIT_MS = 10_000;

/** The floor: plan, who is where, and what is asked about the past. */
export class FloorBoard {
  readonly plan: Resource<FloorPlan>;
  readonly heat: Resource<FloorHeatMap>;
  readonly zones: Resource<FloorZones>;
  readonly queues: Resource<FloorQueues>;
  readonly ways: Resource<FloorTransitions>;
  /** No ceiling camera is set up, so there is no floor to show. */
  isAbsent = $state(false);
  snapshot = $state.raw<FloorSnapshot>();
  view = $state<FloorView>('live');
  period = $state<PeriodChoice>('today');
  chosen = $state.raw<ChosenPeriod>({ from: '', to: '' });
  /** Waits for a yes or a no: is this person staff? */
  wish = $state.raw<FloorPerson>();
  busy = $state(false);
  outcome = $state.raw<string>();
  readonly #deps: FloorBoardDeps;
  #loading: Promise<void> | undefined;

  constructor(deps: FloorBoardDeps) {
    this.#deps = deps;
    const { api, explain } = deps;
    this.plan = new Resource(() => api.floorPlan(), explain);
    this.heat = new Resource(
      () => api.floorHeatMap(this.view === 'passage' ? 'passage' : 'dwell', this.#query()),
      explain,
    );
    this.zones = new Resource(() => api.floorZones(this.#query()), explain);
    this.queues = new Resource(() => api.floorQueues(this.#query()), explain);
    this.ways = new Resource(() => api.floorWays(this.#query()), explain);
  }

  /** The chosen times make a period. */
  get hasPeriod(): boolean {
    return periodQuery(this.period, this.chosen, 0) !== undefined;
  }

  /** Who is where, unless that is from too long ago. */
  freshAt(nowMs: number): FloorSnapshot | undefined {
    const { snapshot } = this;
    return snapshot !== undefined && nowMs - snapshot.atMs <= SNAPSHOT_LIMIT_MS ? snapshot : undefined;
  }

  take(snapshot: FloorSnapshot): void {
    this.snapshot = snapshot;
    const { wish } = this;
    // Who is asked about has left meanwhile.
    if (wish && !snapshot.people.some(({ visitId }) => visitId === wish.visitId)) this.cancel();
  }

  /** The connection broke: who was where before says nothing about now. */
  forget(): void {
    this.snapshot = undefined;
  }

  /**
   * Asks for everything; once, where a page that starts and its connection both want it.
   * @param exists what the store says of itself
   */
  load(exists: boolean): Promise<void> {
    this.isAbsent = !exists;
    if (!exists) return Promise.resolve();
    this.#loading ??= this.plan
      .load()
      .then(() => this.refresh())
      .finally(() => {
        this.#loading = undefined;
      });
    return this.#loading;
  }

  /** Asks again about the past. */
  async refresh(): Promise<void> {
    if (!this.hasPeriod || this.plan.value === undefined) return;
    await Promise.all([this.zones.load(), this.queues.load(), this.#loadView()]);
  }

  async show(view: FloorView): Promise<void> {
    if (view === this.view) return;
    this.view = view;
    this.heat.clear();
    this.ways.clear();
    if (this.hasPeriod) await this.#loadView();
  }

  async choose(period: PeriodChoice, chosen: ChosenPeriod = this.chosen): Promise<void> {
    this.period = period;
    this.chosen = chosen;
    this.heat.clear();
    this.ways.clear();
    this.zones.clear();
    this.queues.clear();
    await this.refresh();
  }

  ask(person: FloorPerson): void {
    if (!person.staff) this.wish = person;
  }

  cancel(): void {
    this.wish = undefined;
  }

  /** Marks whom was asked about. */
  async confirm(): Promise<void> {
    const { wish } = this;
    this.wish = undefined;
    if (wish === undefined || this.busy) return;
    this.busy = true;
    try {
      await this.#deps.api.markStaff(wish.visitId);
      this.#say('Marked as staff: left out of every figure');
      await this.refresh();
    } catch (thrown) {
      const { title, detail } = this.#deps.explain(thrown);
      this.#say(`Not marked: ${detail ?? title}`);
    } finally {
      this.busy = false;
    }
  }

  /** What of the past the plan shows. */
  async #loadView(): Promise<void> {
    if (this.view === 'ways') await this.ways.load();
    else if (this.view !== 'live') await this.heat.load();
  }

  #query(): PeriodQuery {
    return periodQuery(this.period, this.chosen, this.#deps.nowMs()) ?? {};
  }

  #say(message: string): void {
    this.outcome = message;
    this.#deps.announce(message);
  }
}
