import { Type } from 'typebox';
import { CameraStatus } from './camera.ts';
import { FloorSnapshot } from './floor.ts';
import { Moment } from './moment.ts';
import { Overlay } from './overlay.ts';
import { Summary } from './summary.ts';
import { EpochMs } from './time.ts';

/** A fresh picture waits at `/api/v1/cameras/{cameraId}/picture.jpg`. */
export const PictureReady = Type.Object({ cameraId: Type.String(), atMs: EpochMs });
export type PictureReady = Type.Static<typeof PictureReady>;

/** The server is there; its clock says so. Sent at the start and then every few seconds. */
export const Heartbeat = Type.Object({ serverTimeMs: EpochMs });
export type Heartbeat = Type.Static<typeof Heartbeat>;

/** The name of a server-sent event → the schema of its data. */
export const LIVE_EVENTS = {
  moment: Moment,
  summary: Summary,
  overlay: Overlay,
  picture: PictureReady,
  camera: CameraStatus,
  floor: FloorSnapshot,
  /** What was missed can't be told any more: ask for everything again. */
  reset: Type.Object({}),
  heartbeat: Heartbeat,
} as const;

/** One server-sent event: its name and its data. */
export type LiveEvent = {
  [Name in keyof typeof LIVE_EVENTS]: { name: Name; data: Type.Static<(typeof LIVE_EVENTS)[Name]> };
}[keyof typeof LIVE_EVENTS];

/** The server's clock, for browsers that measure how long a moment took to their screen. */
export const ServerClock = Type.Object({ serverTimeMs: EpochMs }, { title: 'ServerClock' });
export type ServerClock = Type.Static<typeof ServerClock>;
