import type { TrackId } from '../../runtime/ids.ts';
import type { Point } from './geometry.ts';
import { passesBetweenEnds, pixelsInside, type EntranceLine } from './lane.ts';

export interface EntranceCounter {
  /**
   * Where a track is now. Answers true once: when it has crossed the line inwards.
   * @param marginPixels on either side of the line a track is neither in nor out, so that nobody who stands on the line
   *   and sways is counted; a third of the face's width serves
   */
  update(trackId: TrackId, at: Point, marginPixels: number): boolean;
  forget(trackId: TrackId): void;
}

/** Counts who crosses the entrance line inwards, each track at most once. */
export function createEntranceCounter(line: EntranceLine): EntranceCounter {
  /** Where each track was last clearly outside; absent when it was never outside, `counted` when it has entered. */
  const lastOutside = new Map<TrackId, Point | 'counted'>();
  return {
    update(trackId, at, marginPixels) {
      const before = lastOutside.get(trackId);
      if (before === 'counted') return false;
      const depth = pixelsInside(line, at);
      if (depth < -marginPixels) lastOutside.set(trackId, at);
      if (depth <= marginPixels || before === undefined || !passesBetweenEnds(line, before, at)) return false;
      lastOutside.set(trackId, 'counted');
      return true;
    },
    forget: (trackId) => void lastOutside.delete(trackId),
  };
}
