import { newTrackId, type TrackId } from '../../runtime/ids.ts';
import { intersectionOverUnion, type BoxXyxy, type Point } from '../faces/geometry.ts';
import { assign } from './assignment.ts';
import { createBoxFilter, type BoxFilter } from './box-filter.ts';
import { DEFAULT_TRACKER_SETTINGS, type TrackerSettings } from './tracker-settings.ts';

/** What the tracker needs to know of a detection; the rest is the caller's and comes back with the track. */
export interface TrackableDetection {
  readonly boxXyxy: BoxXyxy;
  /** How sure the detector is, 0..1. */
  readonly score: number;
}

/** One person in one camera's picture for a while. */
export interface Track<D> {
  readonly trackId: TrackId;
  /** Seen: the filtered box. Unseen: where the person is expected. */
  readonly boxXyxy: BoxXyxy;
  /** What was seen of it in this picture; undefined when it is unseen. */
  readonly detection: D | undefined;
  /** The score of the latest detection. */
  readonly score: number;
  /** Seen for long enough to be a person rather than a mistake of the detector. Once true, it stays. */
  readonly confirmed: boolean;
  /** When it was seen first and last. */
  readonly firstSeconds: number;
  readonly lastSeconds: number;
  /** Of the box's centre, in pixels a second. */
  readonly velocity: Point;
}

export interface TrackedPicture<D> {
  /** Tracks that have a detection in this picture. */
  readonly seen: readonly Track<D>[];
  /** Tracks that were lost and are still looked for; their box is where they are expected. */
  readonly unseen: readonly Track<D>[];
  /** Tracks given up with this picture; each is told once, and only if it was confirmed. */
  readonly ended: readonly Track<D>[];
}

export interface Tracker<D> {
  /**
   * @param seconds capture time of the picture on any clock that runs evenly; later than that of the picture before
   * @throws RangeError when time doesn't move on
   */
  update(detections: readonly D[], seconds: number): TrackedPicture<D>;
  /** Gives everybody up, as when the camera is lost. Tells the confirmed ones. */
  endAll(): readonly Track<D>[];
}

interface LiveTrack<D> {
  readonly trackId: TrackId;
  readonly filter: BoxFilter;
  readonly firstSeconds: number;
  expectedXyxy: BoxXyxy;
  observedXyxy: BoxXyxy;
  detection: D | undefined;
  score: number;
  confirmed: boolean;
  lastSeconds: number;
}

/**
 * Joins the people found in successive pictures to tracks. Pure: no clock, no video, no randomness but the ids.
 *
 * Association is ByteTrack's (Y. Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box, ECCV
 * 2022): sure detections look for their track first, then unsure ones, which are often people half hidden, for tracks that
 * are left. Only sure ones begin a track.
 */
export function createTracker<D extends TrackableDetection>(
  given: Partial<TrackerSettings> = {},
): Tracker<D> {
  const settings: TrackerSettings = { ...DEFAULT_TRACKER_SETTINGS, ...given };
  let tracks: LiveTrack<D>[] = [];
  let nowSeconds = -Infinity;

  const giveUp = (isOver: (track: LiveTrack<D>) => boolean): Track<D>[] => {
    const over = tracks.filter(isOver);
    if (over.length > 0) tracks = tracks.filter((track) => !isOver(track));
    return over.filter(({ confirmed }) => confirmed).map((track) => tell(track));
  };

  const follow = (track: LiveTrack<D>, detection: D): void => {
    track.filter.correct(detection.boxXyxy);
    track.expectedXyxy = track.filter.box();
    track.observedXyxy = detection.boxXyxy;
    track.detection = detection;
    track.score = detection.score;
    track.lastSeconds = nowSeconds;
    track.confirmed ||= nowSeconds - track.firstSeconds >= settings.confirmSeconds;
  };

  /** Joins by overlap of expected and found box; returns what is left of both. */
  const join = (
    candidates: readonly LiveTrack<D>[],
    detections: readonly D[],
    leastOverlap: number,
    weighByScore: boolean,
  ): { tracks: LiveTrack<D>[]; detections: D[] } => {
    const costs = new Float64Array(candidates.length * detections.length);
    candidates.forEach((track, row) =>
      detections.forEach(({ boxXyxy, score }, column) => {
        const overlap = intersectionOverUnion(track.expectedXyxy, boxXyxy);
        costs[row * detections.length + column] = 1 - (weighByScore ? overlap * score : overlap);
      }),
    );
    const { columnOfRow, rowOfColumn } = assign(
      costs,
      candidates.length,
      detections.length,
      1 - leastOverlap,
    );
    candidates.forEach((track, row) => {
      const detection = detections[columnOfRow[row]!];
      if (detection) follow(track, detection);
    });
    return {
      tracks: candidates.filter((_, row) => columnOfRow[row] === -1),
      detections: detections.filter((_, column) => rowOfColumn[column] === -1),
    };
  };

  return {
    update(detections, seconds) {
      if (!(seconds > nowSeconds)) {
        throw new RangeError(`pictures come in order: ${seconds} s is not later than ${nowSeconds} s`);
      }
      const elapsedSeconds = seconds - nowSeconds;
      nowSeconds = seconds;
      const ended = giveUp((track) => isOver(track, seconds, settings));
      for (const track of tracks) {
        track.filter.predict(elapsedSeconds);
        track.expectedXyxy = track.filter.box();
        track.detection = undefined;
      }
      const sure = detections.filter(({ score }) => score >= settings.sureScore);
      const unsure = detections.filter(
        ({ score }) => score >= settings.leastScore && score < settings.sureScore,
      );
      const established = tracks.filter(({ confirmed }) => confirmed);
      const fresh = tracks.filter(({ confirmed }) => !confirmed);
      const afterSure = join(established, sure, settings.leastOverlap, true);
      join(afterSure.tracks, unsure, settings.leastOverlapUnsure, false);
      const afterFresh = join(fresh, afterSure.detections, settings.leastOverlapFresh, true);
      for (const detection of afterFresh.detections) {
        if (detection.score < settings.beginScore) continue;
        const filter = createBoxFilter(detection.boxXyxy, settings.noise);
        tracks.push({
          trackId: newTrackId(),
          filter,
          firstSeconds: seconds,
          expectedXyxy: detection.boxXyxy,
          observedXyxy: detection.boxXyxy,
          detection,
          score: detection.score,
          confirmed: settings.confirmSeconds <= 0,
          lastSeconds: seconds,
        });
      }
      return {
        seen: tracks.filter(({ detection }) => detection !== undefined).map((track) => tell(track)),
        unseen: tracks.filter(({ detection }) => detection === undefined).map((track) => tell(track)),
        ended,
      };
    },
    endAll: () => giveUp(() => true),
  };
}

function isOver<D>(track: LiveTrack<D>, seconds: number, settings: TrackerSettings): boolean {
  const patience = track.confirmed ? settings.lostSeconds : settings.freshLostSeconds;
  return seconds - track.lastSeconds > patience;
}

function tell<D>(track: LiveTrack<D>): Track<D> {
  return {
    trackId: track.trackId,
    boxXyxy: track.expectedXyxy,
    detection: track.detection,
    score: track.score,
    confirmed: track.confirmed,
    firstSeconds: track.firstSeconds,
    lastSeconds: track.lastSeconds,
    velocity: track.filter.velocity(),
  };
}
