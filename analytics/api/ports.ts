import type { ClickHouseClient } from '@clickhouse/client';
import type { DeadLetterDesk } from '../../ingest/dead-letters/desk.ts';
import type { StoreEvent } from '../../ingest/events/envelope.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { CalibrationAnswer, CalibrationWish, CameraCalibration } from './schemas/calibration.ts';
import type { CameraStatus } from './schemas/camera.ts';
import type { FloorPerson, FloorPlan, FloorSnapshot } from './schemas/floor.ts';
import type { Component } from './schemas/health.ts';
import type { Overlay, OverlayFace } from './schemas/overlay.ts';
import type { NetworkInUse, Store } from './schemas/store.ts';

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** Events as they come out of the event log, each once, those of one visit in order. */
export interface LivePort {
  /** @param listener gets the event and the milliseconds from its capture until now */
  subscribe(listener: (event: StoreEvent, latencyMs: number) => void): Unsubscribe;
}

/** What vision saw in a frame: members by pseudonym only. The API adds names where consent allows. */
export type SeenOverlay = Omit<Overlay, 'faces'> & {
  readonly faces: readonly (Omit<OverlayFace, 'state'> & { readonly state: SeenState })[];
};
type SeenState =
  | Exclude<OverlayFace['state'], { kind: 'member' }>
  | Omit<Extract<OverlayFace['state'], { kind: 'member' }>, 'name'>;

/** A live picture. Faces of everyone but recognised members are unrecognisable in it already. */
export interface LivePicture {
  readonly jpeg: Uint8Array;
  /** Capture time, milliseconds since 1970, UTC. */
  readonly atMs: number;
}

/** What a camera has new. */
export type CameraChange =
  | { readonly kind: 'status'; readonly cameraId: string }
  | { readonly kind: 'overlay'; readonly cameraId: string }
  | { readonly kind: 'picture'; readonly cameraId: string };

/** The newest that the vision workers said about each camera. Nothing of it is kept. */
export interface CamerasPort {
  list(): readonly CameraStatus[];
  overlay(cameraId: string): SeenOverlay | undefined;
  picture(cameraId: string): LivePicture | undefined;
  /** Tells that something changed; the listener asks for what it wants. */
  subscribe(listener: (change: CameraChange) => void): Unsubscribe;
}

/** The floor at a moment as vision knows it: members by pseudonym only. The API adds names where consent allows. */
export interface FloorSnapshotSeen {
  readonly atMs: number;
  readonly people: readonly FloorPersonSeen[];
  readonly occupancy: number | null;
  readonly zones: readonly FloorSnapshot['zones'][number][];
  readonly queues: readonly FloorSnapshot['queues'][number][];
  readonly cameras: readonly FloorSnapshot['cameras'][number][];
}
export interface FloorPersonSeen extends Readonly<
  Pick<FloorPerson, 'visitId' | 'accuracyMetres' | 'staff' | 'seenSecondsAgo' | 'simulated'>
> {
  readonly place: readonly [across: number, down: number];
  /** Radians from across towards down; without it the person stands, or it is not known. */
  readonly heading?: number | undefined;
  readonly zones: readonly string[];
  readonly subjectKey?: string | undefined;
}

/** The floor under the ceiling cameras. Nothing of it is kept; the API asks for it a few times a second while a page watches. */
export interface FloorPort {
  /** How far the positions of one visitor are apart in time (`visits.positionSeconds`): what one of them stands for. */
  readonly positionSeconds: number;
  plan(): FloorPlan;
  snapshot(nowMs: number): FloorSnapshotSeen;
  /** A person says that this visitor is staff. @returns whether there is such a visit now */
  markStaff(visitId: string): boolean;
}

/** The geometry of cameras, which the API does not know. Undefined answers: there is no such camera. */
export interface CalibrationPort {
  configured(cameraId: string): CameraCalibration | undefined;
  solve(cameraId: string, wish: CalibrationWish): CalibrationAnswer | undefined;
}

/** Everything the API stands on, put together by bin/. */
export interface ApiDeps {
  readonly store: Omit<Store, 'networks' | 'floor'>;
  /** Connected by ingest/clickhouse/client.ts, which sets how times and numbers are answered. */
  readonly clickhouse: ClickHouseClient;
  readonly live: LivePort;
  readonly cameras: CamerasPort;
  /** Without it no ceiling camera is set up. */
  readonly floor?: FloorPort;
  /** Without it no camera can be calibrated in the page. */
  readonly calibration?: CalibrationPort;
  /** The member's name, only while that member's consent to show it is active. */
  readonly nameOf: (subjectKey: string) => string | undefined;
  /** What could not be used; a person looks through it and puts it back. */
  readonly deadLetters: DeadLetterDesk;
  readonly networks: () => readonly NetworkInUse[];
  /** How each part is. A part that is `down` makes the store not ready. */
  readonly health: () => readonly Component[] | Promise<readonly Component[]>;
  /** Every metric in Prometheus's text format. */
  readonly metricsText?: () => Promise<string>;
  readonly logger: Logger;
  /** Folder of the built dashboard; without it the API serves no page. */
  readonly dashboardDir?: string;
  /**
   * Host names that this server answers to, without port. A browser tricked by a rebound DNS name sends another one and
   * is refused. `any` when the box is reached by names that only the network knows. Default: the loopback names.
   */
  readonly allowedHosts?: readonly string[] | 'any';
}
