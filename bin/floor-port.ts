import type { FloorPort } from '../analytics/api/ports.ts';
import type { FloorCamera, FloorPlan } from '../analytics/api/schemas/floor.ts';
import type { Camera, Store } from '../config/schema.ts';
import type { StoreEvent } from '../ingest/events/envelope.ts';
import { messageOf, UserError } from '../runtime/errors.ts';
import { toCameraId } from '../runtime/ids.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { seenFloor } from '../vision/floor/seen-floor.ts';
import type { FloorSnapshot } from '../vision/floor/snapshot.ts';
import type { FloorSetting } from '../vision/moments/floor-setting.ts';
import type { Presence } from '../vision/moments/presence.ts';

type Pair = readonly [number, number];

/** The shop's floor for the page: what is configured, and which part of it each camera sees. */
function planOf(store: Store): FloorPlan {
  const { widthMetres, heightMetres, fixtures } = store.floorPlan;
  return {
    widthMetres,
    heightMetres,
    fixtures: fixtures.map(cornersOf),
    zones: store.zones.map(({ name, kind, polygon, leadsTo }) => ({
      name,
      kind,
      polygon: cornersOf(polygon),
      leadsTo: leadsTo ?? null,
    })),
    lines: store.lines.map(({ name, from, to }) => ({ name, from: [...from], to: [...to] })),
    cameras: store.cameras.map((camera) => describeCamera(camera, store)),
  };
}

/**
 * What presence has to know of the floor; undefined where no camera looks down on it.
 * @throws UserError `calibration.unusable`
 */
export function floorSettingOf(store: Store): FloorSetting | undefined {
  if (!store.cameras.some(({ purpose }) => purpose === 'ceiling')) return undefined;
  const cameras = store.cameras.flatMap(({ id, purpose, size, calibration }) =>
    calibration === undefined
      ? []
      : [
          {
            cameraId: toCameraId(id),
            purpose,
            size,
            calibration: calibrate(calibration, size, `cameras[${id}].calibration`),
          },
        ],
  );
  return { plan: store.floorPlan, zones: store.zones, lines: store.lines, visits: store.visits, cameras };
}

/** The floor under the ceiling cameras for the page: what is configured and what is seen; undefined where there is none. */
export function createFloorPort(
  store: Store,
  presence: Presence,
  write: (events: readonly StoreEvent[]) => void,
): FloorPort | undefined {
  if (presence.snapshot(Date.now()) === undefined) return undefined;
  const plan = planOf(store);
  const snapshot = (nowMs: number): FloorSnapshot => presence.snapshot(nowMs)!;
  return {
    positionSeconds: store.visits.positionSeconds,
    plan: () => plan,
    snapshot,
    markStaff(visitId) {
      const nowMs = Date.now();
      const person = snapshot(nowMs).people.find((one) => one.visitId === visitId);
      if (person === undefined) return false;
      write(presence.markStaff(person.visitId, nowMs));
      return true;
    },
  };
}

function describeCamera(camera: Camera, { floorPlan }: Store): FloorCamera {
  const { id: cameraId, purpose, size, calibration: setting } = camera;
  const bare: FloorCamera = {
    cameraId,
    purpose,
    place: camera.place === undefined ? null : [...camera.place],
    bearingDegrees: null,
    sees: null,
    fault: null,
  };
  if (setting === undefined) return bare;
  try {
    const calibration = calibrate(setting, size, `cameras[${cameraId}].calibration`);
    const outline = seenFloor(calibration, size, floorPlan);
    return {
      ...bare,
      place: calibration.place === undefined ? bare.place : [...calibration.place],
      bearingDegrees: calibration.pose?.bearingDegrees ?? null,
      sees: outline.length < 3 ? null : cornersOf(outline),
      fault: calibration.warnings[0] ?? null,
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...bare, fault: messageOf(error) };
  }
}

function cornersOf(polygon: readonly Pair[]): [number, number][] {
  return polygon.map(([across, down]) => [across, down]);
}
