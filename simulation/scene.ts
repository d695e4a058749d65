import { pinholeCamera, type Place } from './pinhole.ts';

/** A corner as fractions of the picture, from the top left. */
export type Fraction = readonly [across: number, down: number];

/** The door camera of the virtual shop: above the way in, looking at the door. */
export const DOOR_CAMERA = pinholeCamera({
  width: 1280,
  height: 720,
  horizontalFieldOfViewDegrees: 60,
  heightMetres: 2.2,
  pitchDownDegrees: 14,
});

/** Metres. `away` counts from the camera's wall: people come from far and leave the picture beneath the lens. */
export const SCENE = {
  startAway: 10.5,
  streetAway: 9,
  doorAway: 6.2,
  doorAcross: [-1.0, 1.0],
  portalAway: 4.3,
  laneAcross: [-0.12, 0.72],
  laneAway: [1.0, 4.3],
  /** Where people who don't take the lane walk. */
  freeAcross: [-0.78, -0.42],
  /** The face crosses the entrance line about here. */
  gateAway: 1.5,
  gone: 0.55,
  wallAcross: [-2.75, 2.75],
} as const;

/** Heights of face centres that the lane covers. */
const FACE_HEIGHTS = [1.38, 1.72] as const;
/** Faces are wide enough to be recognised from here on. */
const RECOGNITION_AWAY = 3.6;

const corner = (place: Place): Fraction => {
  const { x, y } = DOOR_CAMERA.project(place);
  const round = (value: number): number => Math.round(Math.min(1, Math.max(0, value)) * 1000) / 1000;
  return [round(x / DOOR_CAMERA.geometry.width), round(y / DOOR_CAMERA.geometry.height)];
};

/**
 * The opt-in lane in the picture: where the centres of faces are while their owners walk on the lane's carpet. It is not
 * the carpet itself, since faces float one and a half metres above it.
 */
export const LANE_POLYGON: readonly Fraction[] = [
  corner({ across: SCENE.laneAcross[0], height: FACE_HEIGHTS[1], away: RECOGNITION_AWAY }),
  corner({ across: SCENE.laneAcross[1], height: FACE_HEIGHTS[1], away: RECOGNITION_AWAY }),
  corner({ across: SCENE.laneAcross[1], height: FACE_HEIGHTS[0], away: SCENE.laneAway[0] }),
  corner({ across: SCENE.laneAcross[0], height: FACE_HEIGHTS[0], away: SCENE.laneAway[0] }),
];

/** Who crosses this line walking down the picture has come in. */
export const ENTRANCE_LINE: { readonly from: Fraction; readonly to: Fraction } = (() => {
  const [, down] = corner({ across: 0, height: 1.55, away: SCENE.gateAway });
  return { from: [0.02, down], to: [0.98, down] };
})();

/** Whether a point of the picture lies in a polygon of fractions (even-odd rule). */
export function isInside(polygon: readonly Fraction[], [x, y]: Fraction): boolean {
  let inside = false;
  polygon.forEach(([x1, y1], index) => {
    const [x2, y2] = polygon[(index + 1) % polygon.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}
