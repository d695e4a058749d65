import type { CameraId, TrackId } from '../../runtime/ids.ts';
import { appearanceOf } from '../detection/appearance.ts';
import { createIgnoredParts } from '../detection/ignored-parts.ts';
import type { PersonDetection, PersonDetector } from '../detection/person-detector.ts';
import { boxHeight, boxWidth, type BoxXyxy, type Point } from '../faces/geometry.ts';
import type { Appearance, TrackSighting } from '../floor/sighting.ts';
import type { Frame } from '../frame.ts';
import { createTracker, type Track } from '../tracking/tracker.ts';
import { DEFAULT_TRACKER_SETTINGS, type TrackerSettings } from '../tracking/tracker-settings.ts';
import type { Moment, OverlayPerson } from './moment.ts';

export interface CeilingPlan {
  readonly cameraId: CameraId;
  readonly size: { readonly width: number; readonly height: number };
  /** Parts of the picture in which nobody is looked for, as fractions, as configured. */
  readonly ignore: readonly (readonly Point[])[];
  readonly detectionsPerSecond: number;
}

export interface CeilingWatchDeps {
  readonly detector: Pick<PersonDetector, 'detect'>;
  /** Where on the floor the person in a box stands; undefined where it can't be said. */
  readonly placeOf: (boxXyxy: BoxXyxy) => Pick<TrackSighting, 'place' | 'covariance'> | undefined;
  /** The whole body of the person in a box, of whom it may show half. */
  readonly bodyOf?: (boxXyxy: BoxXyxy) => BoxXyxy;
  /** What somebody wears; read from the pixels of the detection, unless given. */
  readonly appearanceOf?: (frame: Frame, detection: PersonDetection) => Appearance | undefined;
  readonly onMoment: (moment: Moment) => void;
  /** Hears what a frame took, in milliseconds: finding people, and everything after that. */
  readonly onTimes?: (detectMs: number, trackMs: number) => void;
}

/** What a frame showed, for drawing. */
export interface CeilingSight {
  readonly people: readonly OverlayPerson[];
  /** What must not be shown: the head of everybody who may be there, in whatever part of the picture. */
  readonly hidden: readonly BoxXyxy[];
}

export interface CeilingWatch {
  /** Whether it is time to look again; the frames between are left out. */
  isDue(streamSeconds: number): boolean;
  /** Looks for people in a frame; its pixels must stay valid until the promise resolves. */
  see(frame: Frame): Promise<CeilingSight>;
  /** The stream broke off: every track ends. */
  end(atMs: number): void;
}

/** Timestamps are rounded: a frame so little early is the one that is meant. */
const EARLY_SECONDS = 0.002;
/** A track that began must be seen again before it counts: it is waited for over so many looks. */
const LOOKS_TO_CONFIRM = 1.75;
/** Somebody whom the detector misses is looked for at least so many times. */
const LOOKS_BEFORE_LOST = 4;
/** Somebody hidden so much by others wears, as far as one can see, what those wear. */
const MOST_HIDDEN = 0.25;
/** A head is in the upper part of a box, and no higher than the box is wide; who is half hidden is mostly head. */
const HEAD_SHARE = 0.4;

/** Tracking counts seconds; how long it waits must not be shorter than the time between two looks. */
export function trackerSettings(detectionsPerSecond: number): Partial<TrackerSettings> {
  const { freshLostSeconds, lostSeconds } = DEFAULT_TRACKER_SETTINGS;
  return {
    freshLostSeconds: Math.max(freshLostSeconds, LOOKS_TO_CONFIRM / detectionsPerSecond),
    lostSeconds: Math.max(lostSeconds, LOOKS_BEFORE_LOST / detectionsPerSecond),
  };
}

/**
 * A ceiling camera: finds people a few times a second, follows them, and says where on the floor they stand. Nobody is
 * recognised here: faces are not looked at, and what somebody wears is forgotten with their track.
 */
export function createCeilingWatch(plan: CeilingPlan, deps: CeilingWatchDeps): CeilingWatch {
  const { detector, placeOf, onMoment, onTimes, bodyOf = (boxXyxy: BoxXyxy) => boxXyxy } = deps;
  const wornBy =
    deps.appearanceOf ??
    ((frame: Frame, { boxXyxy }: PersonDetection) => appearanceOf(frame, bodyOf(boxXyxy)));
  const { cameraId, size, detectionsPerSecond } = plan;
  const ignored = createIgnoredParts(plan.ignore, size);
  const tracker = createTracker<PersonDetection>(trackerSettings(detectionsPerSecond));
  const everySeconds = 1 / detectionsPerSecond;
  let dueSeconds = -Infinity;

  function sightingOf(track: Track<PersonDetection>, frame: Frame, others: readonly BoxXyxy[]) {
    const place = placeOf(track.boxXyxy);
    if (place === undefined) return undefined;
    const { detection } = track;
    const appearance =
      detection === undefined || isHidden(track.boxXyxy, others) ? undefined : wornBy(frame, detection);
    const sighting: TrackSighting = {
      trackId: track.trackId,
      place: place.place,
      covariance: place.covariance,
      ...(appearance ? { appearance } : {}),
    };
    return sighting;
  }

  return {
    isDue: (streamSeconds) => streamSeconds >= dueSeconds - EARLY_SECONDS,

    async see(frame) {
      const { streamSeconds, capturedAtMs: atMs } = frame;
      // in step with the clock as long as it can be kept up with
      dueSeconds += everySeconds;
      if (!(dueSeconds > streamSeconds)) dueSeconds = streamSeconds + everySeconds;

      const startedMs = performance.now();
      const found = await detector.detect(frame);
      const foundMs = performance.now();
      const { seen, unseen, ended } = tracker.update(
        found.filter(({ boxXyxy }) => !ignored.holds(boxXyxy)),
        streamSeconds,
      );
      const followed = seen.filter(({ confirmed }) => confirmed);
      const boxes = seen.map(({ boxXyxy }) => boxXyxy);
      const sightings = followed.map((track) => sightingOf(track, frame, boxes));
      onTimes?.(foundMs - startedMs, performance.now() - foundMs);

      const tracks = sightings.filter((sighting) => sighting !== undefined);
      onMoment({ kind: 'tracks', cameraId, atMs, tracks, ended: ended.map(idOf) });
      return {
        people: followed.map((track, index) => ({
          trackId: track.trackId,
          boxXyxy: [...track.boxXyxy] as [number, number, number, number], // a copy of a box is a box
          place: sightings[index]?.place ?? null,
        })),
        hidden: [...found, ...unseen].map(({ boxXyxy }) => headOf(boxXyxy)),
      };
    },

    end(atMs) {
      const ended = tracker.endAll().map(idOf);
      if (ended.length > 0) onMoment({ kind: 'tracks', cameraId, atMs, tracks: [], ended });
    },
  };
}

const idOf = ({ trackId }: { readonly trackId: TrackId }): TrackId => trackId;

function headOf([left, top, right, bottom]: BoxXyxy): BoxXyxy {
  const height = bottom - top;
  return [left, top, right, top + Math.min(height, Math.max(HEAD_SHARE * height, right - left))];
}

/** Whether others who stand nearer to the camera, lower in the picture, cover much of a person. */
function isHidden(box: BoxXyxy, others: readonly BoxXyxy[]): boolean {
  return others.some((other) => {
    if (other === box || other[3] <= box[3]) return false;
    const width = Math.min(box[2], other[2]) - Math.max(box[0], other[0]);
    const height = Math.min(box[3], other[3]) - Math.max(box[1], other[1]);
    return width > 0 && height > 0 && width * height > MOST_HIDDEN * boxWidth(box) * boxHeight(box);
  });
}
