import type { FloorLine, FloorPlan, Visits, Zone } from '../../config/floor-schema.ts';
import type { CameraId } from '../../runtime/ids.ts';
import { createCoverage, type Coverage } from '../floor/coverage.ts';
import { createDoorPlaces, type DoorPlaces } from '../floor/door-places.ts';
import { metresInside } from '../floor/outline.ts';
import type { FloorCalibration, PictureSize } from '../floor/pinhole.ts';
import type { FloorPoint } from '../floor/sighting.ts';
import { createWalkingDistance, type WalkingMetres } from '../floor/walking-distance.ts';
import { createFloorCameras, type FloorCameras } from './floor-cameras.ts';

/** The floor as it is configured; every camera in it is calibrated, and at least one of them hangs over the floor. */
export interface FloorSetting {
  readonly plan: Pick<FloorPlan, 'widthMetres' | 'heightMetres'> & Partial<Pick<FloorPlan, 'fixtures'>>;
  readonly zones: readonly Zone[];
  readonly lines: readonly FloorLine[];
  readonly visits: Visits;
  readonly cameras: readonly FloorSettingCamera[];
}
export interface FloorSettingCamera {
  readonly cameraId: CameraId;
  readonly purpose: 'ceiling' | 'door' | 'exit' | 'mirror';
  readonly size: PictureSize;
  readonly calibration: FloorCalibration;
}

/** What follows from the setting alone: who looks where, and where people may begin and end. */
export interface Surroundings {
  readonly coverage: Coverage;
  readonly cameras: FloorCameras;
  readonly doors: ReadonlyMap<CameraId, DoorPlaces>;
  /** The cameras over the floor. */
  readonly overFloor: readonly CameraId[];
  readonly isOverFloor: (cameraId: CameraId) => boolean;
  /** The entrance or exit at a place. */
  readonly zoneAt: (place: FloorPoint, kinds: readonly Zone['kind'][]) => Zone | undefined;
  readonly walkingMetres: WalkingMetres;
  readonly newcomersAt: (place: FloorPoint) => number;
  /** Who is still at a door that counts may turn back in it: only the door says who has come in. */
  readonly isAtWatchedDoor: (place: FloorPoint) => boolean;
  readonly isOnPlan: (place: FloorPoint) => boolean;
  /** So far inside an exit that they may have left before it is told. */
  readonly isWalkingOut: (place: FloorPoint) => boolean;
}

/** Inside a door or this near to it people begin and end; further in they are lost. */
const AT_DOOR_METRES = 0.6;
/** So far inside an exit people are through it within a second. */
const ON_THE_WAY_OUT_METRES = 1;
/** Places are measured: so far beside the plan somebody may seem to stand who is on it. */
const BESIDE_PLAN_METRES = 0.4;
/** People who begin on a square metre: at a door, and in the middle of the floor, where nobody should. */
const NEWCOMERS_AT_DOOR = 0.05;
const NEWCOMERS_ELSEWHERE = 0.001;

export function createSurroundings(setting: FloorSetting): Surroundings {
  const { zones, plan } = setting;
  const ceilings = setting.cameras.filter(({ purpose }) => purpose === 'ceiling');
  const overFloor = ceilings.map(({ cameraId }) => cameraId);
  const coverage = createCoverage(ceilings, plan);
  const cameras = createFloorCameras();
  const doors = new Map(
    setting.cameras
      .filter(({ purpose }) => purpose === 'door')
      .map(({ cameraId, calibration }) => [cameraId, createDoorPlaces(cameraId, calibration)]),
  );
  const doorZones = zones.filter(({ kind }) => kind === 'entrance' || kind === 'exit');
  const zoneAt: Surroundings['zoneAt'] = (place, kinds) =>
    doorZones.find(
      ({ kind, polygon }) => kinds.includes(kind) && metresInside(polygon, place) >= -AT_DOOR_METRES,
    );
  const isOnPlan = ([across, down]: FloorPoint): boolean =>
    across >= -BESIDE_PLAN_METRES &&
    down >= -BESIDE_PLAN_METRES &&
    across <= plan.widthMetres + BESIDE_PLAN_METRES &&
    down <= plan.heightMetres + BESIDE_PLAN_METRES;
  return {
    coverage,
    cameras,
    doors,
    overFloor,
    isOverFloor: (cameraId) => overFloor.includes(cameraId),
    zoneAt,
    walkingMetres: createWalkingDistance(plan),
    newcomersAt: (place) =>
      zoneAt(place, ['entrance', 'exit']) !== undefined ||
      !isOnPlan(place) ||
      coverage.camerasAt(place).length === 0
        ? NEWCOMERS_AT_DOOR
        : NEWCOMERS_ELSEWHERE,
    isAtWatchedDoor: (place) =>
      zoneAt(place, ['entrance']) !== undefined && [...doors.keys()].some(cameras.isLive),
    isOnPlan,
    isWalkingOut: (place) =>
      doorZones.some(
        ({ kind, polygon }) => kind === 'exit' && metresInside(polygon, place) >= ON_THE_WAY_OUT_METRES,
      ),
  };
}
