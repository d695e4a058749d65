import { newTrackId, type TrackId } from '../../runtime/ids.ts';
import { intersectionOverUnion, type BoxXyxy, type Point } from '../faces/geometry.ts';
import { joinByOverlap } from './association.ts';
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
  /** Surely a person rather than a mistake of the detector: seen over some time, or very clearly. Once true, it stays. */
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
  /** By what share of its size the box is widened to look for this person. */
  margin: number;
  detection: D | undefined;
  score: number;
  confirmed: boolean;
  lastSeconds: number;
  /** Time of the first picture since the last sight that lacked it. */
  missedSinceSeconds: number | undefined;
}

/**
 * Joins the people found in successive pictures to tracks. Pure: no clock, no video, no chance but in the ids, which are
 * new for every track. Time counts in seconds, so that a slow detector and a fast one give the same tracks.
 *
 * Association is ByteTrack's (Y. Zhang et al., ByteTrack: Multi-Object Tracking by Associating Every Detection Box, ECCV
 * 2022): sure detections look for their track first, then unsure ones, which are often people half hidden, for tracks that
 * were seen until now. Only sure ones find a lost track or begin one.
 */
export function createTracker<D extends TrackableDetection>(
  given: Partial<TrackerSettings> = {},
): Tracker<D> {
  const settings: TrackerSettings = { ...DEFAULT_TRACKER_SETTINGS, ...given };
  let tracks: LiveTrack<D>[] = [];
  let nowSeconds = -Infinity;

  /** Takes tracks out; tells those that anybody has heard of. */
  const giveUp = (isOver: (track: LiveTrack<D>) => boolean): Track<D>[] => {
    const over = tracks.filter(isOver);
    if (over.length > 0) tracks = tracks.filter((track) => !over.includes(track));
    return over.filter(({ confirmed }) => confirmed).map(tell);
  };

  const begin = (detection: D): LiveTrack<D> => ({
    trackId: newTrackId(),
    filter: createBoxFilter(detection.boxXyxy, settings.noise),
    firstSeconds: nowSeconds,
    expectedXyxy: detection.boxXyxy,
    margin: 0,
    detection,
    score: detection.score,
    confirmed: settings.confirmSeconds <= 0 || detection.score >= settings.certainScore,
    lastSeconds: nowSeconds,
    missedSinceSeconds: undefined,
  });

  const follow = (track: LiveTrack<D>, detection: D): void => {
    track.filter.correct(detection.boxXyxy);
    track.expectedXyxy = track.filter.box();
    track.detection = detection;
    track.score = detection.score;
    track.lastSeconds = nowSeconds;
    track.missedSinceSeconds = undefined;
    track.confirmed ||= nowSeconds - track.firstSeconds >= settings.confirmSeconds;
  };

  return {
    update(detections, seconds) {
      if (!(seconds > nowSeconds)) {
        throw new RangeError(`pictures come in order: ${seconds} s is not later than ${nowSeconds} s`);
      }
      const elapsedSeconds = seconds - nowSeconds;
      nowSeconds = seconds;
      // First of all: after a long gap between two pictures nobody may be found again who should have been given up.
      const ended = giveUp(({ lastSeconds }) => seconds - lastSeconds > settings.lostSeconds);
      for (const track of tracks) {
        track.filter.predict(elapsedSeconds);
        track.expectedXyxy = track.filter.box();
        track.margin = Math.min(
          settings.mostMargin,
          settings.marginPerSecond * (seconds - track.lastSeconds),
        );
        track.detection = undefined;
      }

      const { sureScore, leastScore } = settings;
      const sure = detections.filter(({ score }) => score >= sureScore);
      const unsure = detections.filter(({ score }) => score >= leastScore && score < sureScore);
      const confirmed = tracks.filter((track) => track.confirmed);
      const fresh = tracks.filter((track) => !track.confirmed);
      const left = joinByOverlap(confirmed, sure, settings.leastOverlap, follow);
      const seenUntilNow = left.tracks.filter(({ missedSinceSeconds }) => missedSinceSeconds === undefined);
      joinByOverlap(seenUntilNow, unsure, settings.leastOverlapUnsure, follow);
      const strangers = joinByOverlap(fresh, left.detections, settings.leastOverlapFresh, follow).detections;
      for (const detection of strangers) {
        if (detection.score >= settings.beginScore) tracks.push(begin(detection));
      }

      for (const track of tracks) if (!track.detection) track.missedSinceSeconds ??= seconds;
      giveUp(
        ({ confirmed: known, missedSinceSeconds = Infinity }) =>
          !known && seconds - missedSinceSeconds >= settings.freshLostSeconds,
      );
      const duplicates = findDuplicates(tracks, settings.duplicateOverlap);
      ended.push(...giveUp((track) => duplicates.has(track)));
      return {
        seen: tracks.filter(({ detection }) => detection !== undefined).map(tell),
        unseen: tracks.filter(({ detection }) => detection === undefined).map(tell),
        ended,
      };
    },
    endAll: () => giveUp(() => true),
  };
}

/** Of a seen and a lost track in one place the younger: somebody came back and was taken for a stranger. */
function findDuplicates<D>(tracks: readonly LiveTrack<D>[], duplicateOverlap: number): Set<LiveTrack<D>> {
  const duplicates = new Set<LiveTrack<D>>();
  const known = tracks.filter(({ confirmed }) => confirmed);
  for (const lost of known) {
    if (lost.detection) continue;
    for (const seen of known) {
      if (!seen.detection) continue;
      if (intersectionOverUnion(lost.expectedXyxy, seen.expectedXyxy) <= duplicateOverlap) continue;
      const seenIsOlder = seen.lastSeconds - seen.firstSeconds > lost.lastSeconds - lost.firstSeconds;
      duplicates.add(seenIsOlder ? lost : seen);
    }
  }
  return duplicates;
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
