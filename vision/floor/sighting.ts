import type { CameraId, SubjectKey, TrackId } from '../../runtime/ids.ts';

/** A point of the floor plan, metres from its top left corner: across and down. */
export type FloorPoint = readonly [across: number, down: number];

/** How sure a place is: the covariance of its error in m², as [across·across, across·down, down·down]. */
export type FloorCovariance = readonly [xx: number, xy: number, yy: number];

/**
 * What a person looks like, roughly: a normalised histogram of the colours of their clothes. Not biometric: many people
 * share one. It lives as long as the track and is never written anywhere.
 */
export type Appearance = Float32Array;

/** One person as one camera sees them at a moment. */
export interface TrackSighting {
  readonly trackId: TrackId;
  readonly place: FloorPoint;
  readonly covariance: FloorCovariance;
  readonly appearance?: Appearance;
  /** The door's recogniser is sure that this track is a member who consented. Only door cameras give it. */
  readonly subjectKey?: SubjectKey;
}

/** Everybody whom one camera sees at a moment. */
export interface CameraSighting {
  readonly cameraId: CameraId;
  readonly atMs: number;
  readonly tracks: readonly TrackSighting[];
}
