import type { CameraId, SubjectKey, TrackId } from '../../runtime/ids.ts';
import {
  createApproach,
  type Approach,
  type Decision,
  type DecisionRule,
  type Look,
} from '../faces/approach.ts';
import { createEntranceCounter } from '../faces/entrance.ts';
import type { FaceDetector } from '../faces/face-detector.ts';
import type { FaceReader } from '../faces/face-reader.ts';
import { createFaceTracker, type FaceTrack } from '../faces/face-tracker.ts';
import type { Gallery } from '../faces/gallery.ts';
import { boxCentre, boxWidth, type Point } from '../faces/geometry.ts';
import { isInside, toPixels, type EntranceLine, type Polygon } from '../faces/lane.ts';
import type { QualityLimits } from '../faces/quality.ts';
import type { Frame } from '../frame.ts';
import type { Accepted, Moment, OverlayFace } from './moment.ts';

export interface DoorPlan {
  readonly cameraId: CameraId;
  readonly size: { readonly width: number; readonly height: number };
  /** As fractions of the picture, as configured. */
  readonly lanes: readonly (readonly Point[])[];
  readonly entranceLine?: { readonly from: Point; readonly to: Point };
}

export interface DoorWatchDeps {
  readonly detector: FaceDetector;
  readonly reader: FaceReader;
  readonly gallery: Gallery;
  readonly rule: DecisionRule;
  readonly limits: QualityLimits;
  readonly onMoment: (moment: Moment) => void;
}

/** What a frame showed, for drawing. */
export interface Sight {
  readonly faces: readonly OverlayFace[];
  /** Boxes of everyone whose face must not be shown: all but recognised members whose consent stands. */
  readonly hidden: readonly (readonly [number, number, number, number])[];
}

export interface DoorWatch {
  /**
   * Looks at a frame; its pixels must stay valid until the promise resolves.
   * @param mostLooks faces that may be read in this frame; a camera that is behind gives fewer
   */
  see(frame: Frame, mostLooks: number): Promise<Sight>;
  /** After the gallery changed: whoever is no longer in it is a stranger at once. */
  galleryChanged(): void;
  /** The stream broke off: every track ends. */
  end(atMs: number): void;
}

/** Faces that are certain enough to be followed; less certain ones are only made unrecognisable. */
const FOLLOWED_SCORE = 0.5;
/** Frames of one approach that follow each other closely say the same: a face is read at most this often. */
const SECONDS_BETWEEN_LOOKS = 0.12;
/** On either side of the entrance line, in face widths, nobody has crossed yet. */
const LINE_MARGIN_WIDTHS = 0.15;

interface Person {
  readonly approach: Approach;
  lastLookSeconds: number;
  looks: number;
  identified: boolean;
}

/**
 * The door: follows every face, counts who crosses the entrance line, and recognises members inside the lane. Only
 * {@link look} embeds, and it is only given faces inside a lane; an embedding lives from there to the end of the match.
 */
export function createDoorWatch(plan: DoorPlan, deps: DoorWatchDeps): DoorWatch {
  const { detector, reader, gallery, rule, limits, onMoment } = deps;
  const { cameraId, size } = plan;
  const lanes: readonly Polygon[] = plan.lanes.map((lane) => toPixels(lane, size));
  const tracker = createFaceTracker();
  const entrance = plan.entranceLine && createEntranceCounter(lineInPixels(plan.entranceLine, size));
  const people = new Map<TrackId, Person>();

  const isInLane = (track: FaceTrack): boolean =>
    lanes.some((lane) => isInside(lane, boxCentre(track.boxXyxy)));

  const personOf = ({ trackId }: FaceTrack): Person => {
    const known = people.get(trackId);
    if (known) return known;
    const person = {
      approach: createApproach(rule),
      lastLookSeconds: -Infinity,
      looks: 0,
      identified: false,
    };
    people.set(trackId, person);
    return person;
  };

  function countEntrance(track: FaceTrack, inLane: boolean, atMs: number): void {
    const margin = LINE_MARGIN_WIDTHS * boxWidth(track.boxXyxy);
    if (entrance?.update(track.trackId, boxCentre(track.boxXyxy), margin) && track.confirmed) {
      onMoment({ kind: 'entered', cameraId, trackId: track.trackId, atMs, inLane });
    }
  }

  /** Who of those inside a lane is read in this frame: who was looked at least first, then the largest face. */
  function chooseLooks(tracks: readonly FaceTrack[], frame: Frame, mostLooks: number): FaceTrack[] {
    return tracks
      .filter((track) => {
        const person = personOf(track);
        const due = frame.streamSeconds - person.lastLookSeconds >= SECONDS_BETWEEN_LOOKS;
        return track.confirmed && due && person.approach.decision.kind !== 'accepted' && isInLane(track);
      })
      .sort(
        (one, other) =>
          personOf(one).looks - personOf(other).looks || boxWidth(other.boxXyxy) - boxWidth(one.boxXyxy),
      )
      .slice(0, mostLooks);
  }

  async function look(track: FaceTrack, frame: Frame): Promise<void> {
    const person = personOf(track);
    person.lastLookSeconds = frame.streamSeconds;
    person.looks++;
    person.approach.add(await lookAt(track, frame));
  }

  async function lookAt(track: FaceTrack, frame: Frame): Promise<Look> {
    if (gallery.size === 0) return { kind: 'no-members' };
    if (boxWidth(track.boxXyxy) < limits.minimumWidthPixels)
      return { kind: 'poor-quality', reason: 'too-small' };
    const reading = await reader.read(frame, track.face, 'fast', limits);
    if (reading.kind === 'poor-quality') return { kind: 'poor-quality', reason: reading.reason };
    const match = gallery.match(reading.embedding);
    return match ? { kind: 'compared', match } : { kind: 'no-members' };
  }

  /** A member who stands here can't come in a second time: the second one is mistaken for them, or the first was. */
  function isTaken(subjectKey: SubjectKey, trackId: TrackId): boolean {
    return [...people].some(([otherId, { approach }]) => {
      if (otherId === trackId) return false;
      return approach.decision.kind === 'accepted' && approach.decision.subjectKey === subjectKey;
    });
  }

  function announce(track: FaceTrack, atMs: number): void {
    const person = personOf(track);
    const { decision } = person.approach;
    if (decision.kind !== 'accepted' || person.identified) return;
    if (isTaken(decision.subjectKey, track.trackId)) {
      person.approach.forget(decision.subjectKey);
      return;
    }
    person.identified = true;
    const { subjectKey, distance, margin, threshold, frames } = decision;
    const accepted: Accepted = { network: reader.space.id, distance, margin, threshold, frames };
    onMoment({ kind: 'identified', cameraId, trackId: track.trackId, atMs, subjectKey, decision: accepted });
  }

  function endTracks(tracks: readonly FaceTrack[], atMs: number): void {
    for (const { trackId } of tracks) onMoment({ kind: 'track-ended', cameraId, trackId, atMs });
  }

  function forgetAllBut(tracks: readonly FaceTrack[]): void {
    const alive = new Set(tracks.map((track) => track.trackId));
    for (const trackId of people.keys()) {
      if (alive.has(trackId)) continue;
      people.delete(trackId);
      entrance?.forget(trackId);
    }
  }

  return {
    async see(frame, mostLooks) {
      const faces = await detector.detect(frame, undefined, limits.minimumWidthPixels);
      const followed = faces.filter((face) => face.score >= FOLLOWED_SCORE);
      const { seen, unseen, ended } = tracker.update(followed, frame.streamSeconds);
      for (const track of seen) countEntrance(track, isInLane(track), frame.capturedAtMs);
      for (const track of chooseLooks(seen, frame, mostLooks)) {
        await look(track, frame);
        announce(track, frame.capturedAtMs);
      }
      endTracks(ended, frame.capturedAtMs);
      forgetAllBut([...seen, ...unseen]);

      const mayBeShown = (track: FaceTrack): boolean =>
        people.get(track.trackId)?.approach.decision.kind === 'accepted';
      const shown = new Set(seen.filter(mayBeShown).map((track) => track.face));
      return {
        faces: seen
          .filter((track) => track.confirmed)
          .map((track) => ({
            trackId: track.trackId,
            boxXyxy: [...track.boxXyxy] as [number, number, number, number], // a copy of a box is a box
            inLane: isInLane(track),
            state: stateOf(personOf(track).approach.decision, isInLane(track)),
          })),
        hidden: [
          ...faces.filter((face) => !shown.has(face)).map((face) => face.boxXyxy),
          ...unseen.filter((track) => !mayBeShown(track)).map((track) => track.boxXyxy),
        ],
      };
    },
    galleryChanged() {
      for (const person of people.values()) {
        const { decision } = person.approach;
        if (decision.kind === 'accepted' && !gallery.has(decision.subjectKey)) {
          person.approach.forget(decision.subjectKey);
          person.identified = false;
        }
      }
    },
    end(atMs) {
      endTracks(tracker.endAll(), atMs);
      forgetAllBut([]);
    },
  };
}

function stateOf(decision: Decision, inLane: boolean): OverlayFace['state'] {
  if (decision.kind === 'accepted') {
    return { kind: 'member', subjectKey: decision.subjectKey, distance: decision.distance };
  }
  if (!inLane) return { kind: 'anonymous' };
  const { reason, distance, margin } = decision;
  return {
    kind: 'undecided',
    reason,
    ...(distance === undefined ? {} : { distance }),
    ...(margin === undefined ? {} : { margin }),
  };
}

function lineInPixels(
  { from, to }: { readonly from: Point; readonly to: Point },
  size: { readonly width: number; readonly height: number },
): EntranceLine {
  const [start, end] = toPixels([from, to], size);
  return { from: start!, to: end! };
}
