import type { CameraId } from '../runtime/ids.ts';

/**
 * One picture of a camera. `rgb` is a view of the driver's own memory (8-bit RGB, rows of exactly `width * 3` bytes, top
 * row first): it is valid until the frame is released and must be copied to be kept.
 */
export interface Frame {
  readonly cameraId: CameraId;
  /** Capture time, milliseconds since 1970, UTC. */
  readonly capturedAtMs: number;
  /** Seconds on the stream's own clock; what tracking counts. */
  readonly streamSeconds: number;
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
  /** Frames the camera dropped since the last one delivered (live cameras only). */
  readonly dropped: number;
}

/** A picture outside of any camera: same layout as {@link Frame}, own memory. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}
