import { newTrackId, toCameraId, type CameraId, type TrackId } from '../../runtime/ids.ts';
import { createRandom } from '../tracking/synthetic/random.ts';
import type { CameraSighting, FloorPoint } from './sighting.ts';

/** A made-up person: where they are at a time, in seconds; undefined when not in the shop. */
export interface Walker {
  readonly name: string;
  readonly placeAt: (seconds: number) => FloorPoint | undefined;
  /** Their clothes, as a histogram. */
  readonly looks: Float32Array;
}

/** A made-up camera: it sees a rectangle from a place, and makes the mistakes that real ones make. */
export interface WalkerCamera {
  readonly cameraId: CameraId;
  readonly from: FloorPoint;
  /** left, top, right, bottom, metres */
  readonly sees: readonly [number, number, number, number];
  /** Seconds after the full second of its first look. */
  readonly phaseSeconds: number;
}

export interface Mistakes {
  /** Of a place, metres, each sight anew. */
  readonly noise: number;
  /** Of a place, metres, the same for one person before one camera. */
  readonly bias: number;
  readonly missed: number;
  /** That a track breaks off and begins anew, a second. */
  readonly breaks: number;
  /** That two people within half a metre are swapped by the tracker, a second. */
  readonly swaps: number;
  /** How unlike themselves people look from sight to sight. */
  readonly looks: number;
}

export const USUAL_MISTAKES: Mistakes = {
  noise: 0.12,
  bias: 0.1,
  missed: 0.08,
  breaks: 0.01,
  swaps: 0.5,
  looks: 0.25,
};
export const NO_MISTAKES: Mistakes = { noise: 0.01, bias: 0, missed: 0, breaks: 0, swaps: 0, looks: 0 };

/** Where people walk in tests: two cameras with an overlap in the middle and a strip at the right that none sees. */
export const LEFT: WalkerCamera = {
  cameraId: toCameraId('left'),
  from: [0, 4.5],
  sees: [0, 0, 7, 9],
  phaseSeconds: 0,
};
export const RIGHT: WalkerCamera = {
  cameraId: toCameraId('right'),
  from: [12, 0],
  sees: [5.5, 0, 12, 9],
  phaseSeconds: 0.07,
};

const LOOKS_BINS = 24;
const LOOKS_PER_SECOND = 5;
/** Behind somebody so near the line of sight, metres, a person is hidden. */
const HIDES_METRES = 0.22;
const REFOUND_SECONDS = 1;

export interface Seen {
  readonly sighting: CameraSighting;
  /** Tracks that never come back. */
  readonly ended: readonly TrackId[];
  /** Who each track really shows. */
  readonly truth: ReadonlyMap<TrackId, string>;
}

/** Everything that the cameras say between two times, in the order in which it happened. The same seed says the same. */
export function watchWalkers(
  walkers: readonly Walker[],
  cameras: readonly WalkerCamera[],
  { seconds, seed, mistakes = USUAL_MISTAKES }: { seconds: number; seed: number; mistakes?: Mistakes },
): Seen[] {
  const all = cameras.flatMap((camera, index) =>
    watch(walkers, camera, seconds, seed * 31 + index, mistakes),
  );
  return all.sort((a, b) => a.sighting.atMs - b.sighting.atMs);
}

function watch(
  walkers: readonly Walker[],
  camera: WalkerCamera,
  seconds: number,
  seed: number,
  mistakes: Mistakes,
): Seen[] {
  const random = createRandom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const biases = new Map(
    walkers.map(({ name }) => [name, [normal() * mistakes.bias, normal() * mistakes.bias] as const]),
  );
  let trackOf = new Map<string, { trackId: TrackId; lastSeconds: number }>();
  const seen: Seen[] = [];
  for (let at = camera.phaseSeconds; at < seconds; at += 1 / LOOKS_PER_SECOND) {
    const present = walkers.flatMap((walker) => {
      const place = walker.placeAt(at);
      return place !== undefined && isSeenBy(camera, place) ? [{ walker, place }] : [];
    });
    const visible = present.filter(
      ({ place }) =>
        random() >= mistakes.missed && !present.some((other) => hides(camera.from, other.place, place)),
    );
    const ended: TrackId[] = [];
    for (const [name, track] of trackOf) {
      const breaks = random() < mistakes.breaks / LOOKS_PER_SECOND;
      if (!breaks && at - track.lastSeconds <= REFOUND_SECONDS) continue;
      ended.push(track.trackId);
      trackOf.delete(name);
    }
    for (const [i, one] of present.entries()) {
      for (const other of present.slice(i + 1)) {
        const near = Math.hypot(one.place[0] - other.place[0], one.place[1] - other.place[1]) < 0.5;
        if (near && random() < mistakes.swaps / LOOKS_PER_SECOND)
          trackOf = swapped(trackOf, one.walker.name, other.walker.name);
      }
    }
    const truth = new Map<TrackId, string>();
    const tracks = visible.map(({ walker, place }) => {
      const track = trackOf.get(walker.name) ?? { trackId: newTrackId(), lastSeconds: at };
      track.lastSeconds = at;
      trackOf.set(walker.name, track);
      truth.set(track.trackId, walker.name);
      const [bx, by] = biases.get(walker.name)!;
      const sigma = Math.hypot(mistakes.noise, 0.05);
      return {
        trackId: track.trackId,
        place: [
          place[0] + bx + normal() * mistakes.noise,
          place[1] + by + normal() * mistakes.noise,
        ] as const,
        covariance: [sigma ** 2, 0, sigma ** 2] as const,
        appearance: jittered(walker.looks, mistakes.looks, random),
      };
    });
    seen.push({ sighting: { cameraId: camera.cameraId, atMs: Math.round(at * 1000), tracks }, ended, truth });
  }
  return seen;
}

/** Clothes of a few colours. */
export function looksFrom(seed: number): Float32Array {
  const random = createRandom(seed * 7 + 3);
  const bins = Float32Array.from({ length: LOOKS_BINS }, () => 0.01 * random());
  for (const share of [0.5, 0.3, 0.2]) bins[Math.floor(random() * LOOKS_BINS)]! += share;
  return normalised(bins);
}

/** Walks along points; the time at each is given. */
export function walkAlong(
  name: string,
  way: readonly (readonly [seconds: number, across: number, down: number])[],
  looks: number,
): Walker {
  return {
    name,
    looks: looksFrom(looks),
    placeAt(seconds) {
      const next = way.findIndex(([at]) => at >= seconds);
      if (next < 0 || seconds < way[0]![0]) return undefined;
      const [toAt, toX, toY] = way[next]!;
      const [fromAt, fromX, fromY] = way[Math.max(0, next - 1)]!;
      const part = toAt === fromAt ? 0 : (seconds - fromAt) / (toAt - fromAt);
      return [fromX + (toX - fromX) * part, fromY + (toY - fromY) * part];
    },
  };
}

/** Comes in at the door, looks at some shelves and leaves by the exit, all at random. */
export function shopper(
  name: string,
  startSeconds: number,
  seed: number,
  [door, exit]: readonly [FloorPoint, FloorPoint],
): Walker {
  const random = createRandom(seed);
  const stops = 2 + Math.floor(random() * 4);
  const way: [number, number, number][] = [[startSeconds, ...door]];
  let at = startSeconds;
  const goTo = (x: number, y: number, staySeconds: number): void => {
    const [, fromX, fromY] = way.at(-1)!;
    at += Math.max(0.1, Math.hypot(x - fromX, y - fromY) / (0.7 + 0.5 * random()));
    way.push([at, x, y]);
    at += staySeconds;
    if (staySeconds > 0) way.push([at, x, y]);
  };
  for (let stop = 0; stop < stops; stop++) goTo(1 + random() * 10, 2.2 + random() * 5.5, 2 + random() * 8);
  goTo(exit[0], exit[1], 0);
  return walkAlong(name, way, seed);
}

function isSeenBy({ sees: [left, top, right, bottom] }: WalkerCamera, [x, y]: FloorPoint): boolean {
  return x >= left && x <= right && y >= top && y <= bottom;
}

function hides(from: FloorPoint, other: FloorPoint, place: FloorPoint): boolean {
  const [dx, dy] = [place[0] - from[0], place[1] - from[1]];
  const far = Math.hypot(dx, dy);
  const along = ((other[0] - from[0]) * dx + (other[1] - from[1]) * dy) / far;
  const beside = Math.abs((other[0] - from[0]) * dy - (other[1] - from[1]) * dx) / far;
  return other !== place && along > far - 1.5 && along < far - 0.15 && beside < HIDES_METRES;
}

function swapped<Value>(map: Map<string, Value>, one: string, other: string): Map<string, Value> {
  return new Map(
    [...map].map(([name, value]) => [name === one ? other : name === other ? one : name, value] as const),
  );
}

function jittered(looks: Float32Array, amount: number, random: () => number): Float32Array {
  return normalised(
    looks.map((share) => share * (1 + amount * (2 * random() - 1)) + amount * 0.02 * random()),
  );
}

function normalised(bins: Float32Array): Float32Array {
  const sum = bins.reduce((all, share) => all + share, 0);
  return bins.map((share) => share / sum);
}
