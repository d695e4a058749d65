import type {
  CalibrationAnswer,
  CalibrationWish,
  CameraCalibration,
  PointPair,
} from '../../analytics/api/schemas/calibration.ts';
import { Resource, type Failure } from '../state/resource.svelte.ts';

export type Side = 'image' | 'floor';
type Pair = readonly [number, number];

export interface MarkedPointsDeps {
  readonly api: {
    calibration(cameraId: string): Promise<CameraCalibration>;
    solveCalibration(cameraId: string, wish: CalibrationWish): Promise<CalibrationAnswer>;
  };
  readonly explain: (thrown: unknown) => Failure;
  /** Tests wait less. */
  readonly settleMs?: number;
}

/** Fewer determine no floor; more make nothing better. */
export const LEAST_POINTS = 4;
export const MOST_POINTS = 24;
/** A drag moves dozens of times a second; one question after it has paused is enough. */
const SETTLE_MS = 120;
const IMAGE_STEP = 1e4;
const FLOOR_STEP = 100;

/** The points that somebody marks in a camera's picture and on the plan, and what they give. */
export class MarkedPoints {
  readonly cameraId: string;
  readonly setup: Resource<CameraCalibration>;
  points = $state.raw<readonly PointPair[]>([]);
  /** Marked on one side; the next mark on the other side makes a pair of it. */
  pending = $state.raw<{ readonly side: Side; readonly at: Pair }>();
  selected = $state<number>();
  horizontalFieldOfViewDegrees = $state<number>();
  answer = $state.raw<CalibrationAnswer>();
  failure = $state.raw<Failure>();
  /** The answer belongs to points of a moment ago. */
  solving = $state(false);
  readonly #deps: MarkedPointsDeps;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #run = 0;

  constructor(deps: MarkedPointsDeps, cameraId: string) {
    this.#deps = deps;
    this.cameraId = cameraId;
    this.setup = new Resource(() => deps.api.calibration(cameraId), deps.explain);
  }

  /** Asks how the camera is calibrated and begins with its points. Never rejects. */
  async load(): Promise<void> {
    await this.setup.load();
    const { value } = this.setup;
    if (value === undefined) return;
    this.points = value.points;
    this.horizontalFieldOfViewDegrees = value.horizontalFieldOfViewDegrees ?? undefined;
    this.#changed();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#run++;
  }

  /** How many points are wanted before anything can be solved. */
  get missing(): number {
    return Math.max(0, LEAST_POINTS - this.points.length);
  }

  /** Marks a place on one side; once both sides have one they are a point. Twice on the same side moves the mark. */
  mark(side: Side, at: Pair): void {
    if (this.points.length >= MOST_POINTS) return;
    const { pending } = this;
    if (pending === undefined || pending.side === side) {
      this.pending = { side, at: this.#fit(side, at) };
      return;
    }
    const [image, floor] = side === 'image' ? [at, pending.at] : [pending.at, at];
    this.points = [...this.points, { image: this.#fit('image', image), floor: this.#fit('floor', floor) }];
    this.pending = undefined;
    this.selected = this.points.length - 1;
    this.#changed();
  }

  /** Puts a point of one side elsewhere. */
  move(index: number, side: Side, at: Pair): void {
    const place = this.#fit(side, at);
    this.points = this.points.map((pair, number) => (number === index ? { ...pair, [side]: place } : pair));
    this.selected = index;
    this.#changed();
  }

  /** Moves a point by a little, as with the arrow keys. */
  nudge(index: number, side: Side, across: number, down: number): void {
    const point = this.points[index]?.[side];
    if (point !== undefined) this.move(index, side, [point[0] + across, point[1] + down]);
  }

  remove(index: number): void {
    this.points = this.points.filter((_, number) => number !== index);
    this.selected = undefined;
    this.#changed();
  }

  setFieldOfView(degrees: number | undefined): void {
    this.horizontalFieldOfViewDegrees =
      degrees !== undefined && degrees > 1 && degrees < 170 ? degrees : undefined;
    this.#changed();
  }

  /** A picture ends at its edges, and nobody stands beside the plan. */
  #fit(side: Side, [across, down]: Pair): [number, number] {
    const plan = this.setup.value?.plan;
    const [width, height] = side === 'image' ? [1, 1] : [plan?.widthMetres ?? 0, plan?.heightMetres ?? 0];
    const step = side === 'image' ? IMAGE_STEP : FLOOR_STEP;
    const within = (value: number, most: number): number =>
      Math.round(Math.min(most, Math.max(0, value)) * step) / step;
    return [within(across, width), within(down, height)];
  }

  #changed(): void {
    this.#run++;
    clearTimeout(this.#timer);
    if (this.missing > 0) {
      this.answer = undefined;
      this.failure = undefined;
      this.solving = false;
      return;
    }
    this.solving = true;
    this.#timer = setTimeout(() => void this.#solve(this.#run), this.#deps.settleMs ?? SETTLE_MS);
  }

  async #solve(run: number): Promise<void> {
    const fieldOfView = this.horizontalFieldOfViewDegrees;
    try {
      const answer = await this.#deps.api.solveCalibration(this.cameraId, {
        points: [...this.points],
        ...(fieldOfView === undefined ? {} : { horizontalFieldOfViewDegrees: fieldOfView }),
      });
      if (run !== this.#run) return;
      this.answer = answer;
      this.failure = undefined;
    } catch (thrown) {
      if (run !== this.#run) return;
      this.answer = undefined;
      this.failure = this.#deps.explain(thrown);
    }
    this.solving = false;
  }
}
