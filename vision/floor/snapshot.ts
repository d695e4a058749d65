import type { CameraId, SubjectKey, VisitId } from '../../runtime/ids.ts';
import type { FloorPoint } from './sighting.ts';

/** The floor at a moment, for people who look at it; kept nowhere. Where a camera is dead, numbers are null: not known. */
export interface FloorSnapshot {
  readonly atMs: number;
  readonly people: readonly FloorPersonSeen[];
  /** Visitors in the shop, staff not among them. */
  readonly occupancy: number | null;
  readonly zones: readonly { readonly name: string; readonly people: number | null }[];
  readonly queues: readonly {
    readonly name: string;
    readonly length: number | null;
    readonly longestWaitSeconds: number | null;
  }[];
  readonly cameras: readonly { readonly cameraId: CameraId; readonly live: boolean }[];
}

export interface FloorPersonSeen {
  readonly visitId: VisitId;
  readonly place: FloorPoint;
  /** Standard deviation; grows while nobody sees them. */
  readonly accuracyMetres: number;
  /** Where they walk, radians from across towards down; absent when they stand or nobody sees them. */
  readonly heading?: number;
  readonly zones: readonly string[];
  /** The member who this surely is. */
  readonly subjectKey?: SubjectKey;
  readonly staff: boolean;
  readonly seenSecondsAgo: number;
  readonly simulated: boolean;
}
