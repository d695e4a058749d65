import type { FloorPort } from '../analytics/api/ports.ts';
import type { FloorCamera, FloorPlan } from '../analytics/api/schemas/floor.ts';
import type { Camera, Store } from '../config/schema.ts';
import { messageOf, UserError } from '../runtime/errors.ts';
import { calibrate } from '../vision/floor/calibration.ts';
import { seenFloor } from '../vision/floor/seen-floor.ts';

type Pair = readonly [number, number];

/** The shop's floor for the page: what is configured, and which part of it each camera sees. */
export function planOf(store: Store): FloorPlan {
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

/** The floor under the ceiling cameras, put together from what is configured and what is seen. */
export function createFloorPort(store: Store, seen: Pick<FloorPort, 'snapshot' | 'markStaff'>): FloorPort {
  const plan = planOf(store);
  return { positionSeconds: store.visits.positionSeconds, plan: () => plan, ...seen };
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
