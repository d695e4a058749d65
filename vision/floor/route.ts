import type { FloorLine, Zone } from '../../config/floor-schema.ts';
import { passesBetweenEnds, pixelsInside } from '../faces/lane.ts';
import { metresInside } from './outline.ts';
import type { FloorPoint } from './sighting.ts';

export type RouteChange =
  | { readonly kind: 'entered'; readonly zone: Zone; readonly atMs: number }
  | { readonly kind: 'left'; readonly zone: Zone; readonly atMs: number; readonly dwellSeconds: number }
  | {
      readonly kind: 'crossed';
      readonly line: FloorLine;
      readonly atMs: number;
      readonly direction: 'forwards' | 'backwards';
    };

/** One visitor's way through zones and over lines. */
export interface Route {
  /** Where the visitor is now; times never fall. */
  move(place: FloorPoint, atMs: number): RouteChange[];
  /** The zones that the visitor is counted in, and since when. */
  readonly zones: ReadonlyMap<string, number>;
  /** The visitor is gone: leaves every zone. */
  end(atMs: number): RouteChange[];
  /** From an earlier run: was in this zone. */
  restore(zone: string, enteredAtMs: number | undefined): void;
}

/** In a zone is who is so far inside, for so long; out of it who is so far outside, for so long. */
const IN_METRES = 0.15;
const IN_MS = 500;
const OUT_METRES = 0.3;
const OUT_MS = 700;
/** On either side of a line nobody has crossed yet. */
const LINE_METRES = 0.25;

interface ZoneState {
  readonly zone: Zone;
  /** undefined while the visitor is not counted in it. */
  enteredMs: number | undefined;
  /** Since when the place says otherwise. */
  otherwiseMs: number | undefined;
  /** Clearly so, at some time since then. */
  clearlySinceMs: number | undefined;
}

interface LineState {
  readonly line: FloorLine;
  /** The last place that was clearly on one side. */
  clear: { readonly place: FloorPoint; readonly right: boolean } | undefined;
}

/**
 * Zones and lines for one visitor, with hysteresis in metres and seconds: a place is a few decimetres wrong now here, now
 * there, so somebody who stands on an edge would otherwise come and go many times a minute.
 */
export function createRoute(zones: readonly Zone[], lines: readonly FloorLine[]): Route {
  const zoneStates: ZoneState[] = zones.map((zone) => ({
    zone,
    enteredMs: undefined,
    otherwiseMs: undefined,
    clearlySinceMs: undefined,
  }));
  const lineStates: LineState[] = lines.map((line) => ({ line, clear: undefined }));

  function moveInZone(state: ZoneState, place: FloorPoint, atMs: number): RouteChange[] {
    const inside = metresInside(state.zone.polygon, place);
    const isIn = state.enteredMs !== undefined;
    if (isIn ? inside >= 0 : inside < 0) {
      state.otherwiseMs = undefined;
      state.clearlySinceMs = undefined;
      return [];
    }
    state.otherwiseMs ??= atMs;
    if (isIn ? inside <= -OUT_METRES : inside >= IN_METRES) state.clearlySinceMs ??= atMs;
    else state.clearlySinceMs = undefined;
    if (state.clearlySinceMs === undefined || atMs - state.clearlySinceMs < (isIn ? OUT_MS : IN_MS))
      return [];
    const { otherwiseMs } = state;
    state.otherwiseMs = undefined;
    state.clearlySinceMs = undefined;
    if (isIn) return [leave(state, otherwiseMs)];
    state.enteredMs = otherwiseMs;
    return [{ kind: 'entered', zone: state.zone, atMs: otherwiseMs }];
  }

  function leave(state: ZoneState, atMs: number): RouteChange {
    const dwellSeconds = Math.max(0, atMs - state.enteredMs!) / 1000;
    state.enteredMs = undefined;
    return { kind: 'left', zone: state.zone, atMs, dwellSeconds };
  }

  return {
    move: (place, atMs) => [
      ...zoneStates.flatMap((state) => moveInZone(state, place, atMs)),
      ...lineStates.flatMap((state) => moveOverLine(state, place, atMs)),
    ],
    get zones() {
      return new Map(
        zoneStates.flatMap(({ zone, enteredMs }) =>
          enteredMs === undefined ? [] : [[zone.name, enteredMs]],
        ),
      );
    },
    end(atMs) {
      const inside = zoneStates.filter(({ enteredMs }) => enteredMs !== undefined);
      for (const state of zoneStates) {
        state.otherwiseMs = undefined;
        state.clearlySinceMs = undefined;
      }
      for (const state of lineStates) state.clear = undefined;
      return inside.map((state) => leave(state, atMs));
    },
    restore(name, enteredAtMs) {
      const state = zoneStates.find(({ zone }) => zone.name === name);
      if (state !== undefined) state.enteredMs = enteredAtMs;
    },
  };
}

function moveOverLine(state: LineState, place: FloorPoint, atMs: number): RouteChange[] {
  const { line, clear } = state;
  const toTheRight = pixelsInside(line, place); // metres here; the plan grows down as pictures do
  if (Math.abs(toTheRight) < LINE_METRES) return [];
  const right = toTheRight > 0;
  state.clear = { place, right };
  if (clear === undefined || clear.right === right || !passesBetweenEnds(line, clear.place, place)) return [];
  return [{ kind: 'crossed', line, atMs, direction: right ? 'forwards' : 'backwards' }];
}
