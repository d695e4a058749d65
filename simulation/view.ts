import type { Backdrop } from './backdrop.ts';
import type { Cutout } from './cutout.ts';
import type { FloorBackdrop } from './floor-backdrop.ts';
import { createFloorPainter } from './floor-painter.ts';
import type { PaintedPerson } from './floor-sight.ts';
import type { FloorDay } from './floor-walks.ts';
import { createPainter, type PaintedFace } from './painter.ts';
import type { Walk } from './plan.ts';
import { poseCamera, type Pose, type PoseCamera } from './pose-camera.ts';
import type { Scenario } from './scenario.ts';
import { DOOR_CAMERA } from './scene.ts';

/** A ceiling camera of the virtual shop, as the configuration describes it. */
export interface FloorCamera {
  readonly id: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly framesPerSecond: number;
  readonly pose: Pose;
}

/** What a crew paints: the shop as one of its cameras sees it. */
export type View = DoorView | CeilingView;
export interface DoorView {
  readonly kind: 'door';
  readonly walks: readonly Walk[];
}
export interface CeilingView {
  readonly kind: 'ceiling';
  readonly camera: FloorCamera;
  readonly day: FloorDay;
}

export type ViewBackdrop =
  | { readonly kind: 'door'; readonly backdrop: Backdrop }
  | { readonly kind: 'ceiling'; readonly backdrop: FloorBackdrop };

/** Who is in a picture: a door's faces, a ceiling's people. */
export interface Seen {
  readonly faces: readonly PaintedFace[];
  readonly people: readonly PaintedPerson[];
}

/** Paints one picture of a view. */
export type PaintView = (frame: number, rgb: Uint8Array) => Seen;

export function sizeOfView(view: View): { readonly width: number; readonly height: number } {
  if (view.kind === 'ceiling') return view.camera.size;
  const { width, height } = DOOR_CAMERA.geometry;
  return { width, height };
}

/** Who appears in a view, by their ids in the cast. */
export function castOfView(view: View): string[] {
  const walks = view.kind === 'door' ? view.walks : view.day.walks;
  return [...new Set(walks.map(({ castId }) => castId))];
}

export function cameraOfView({ camera }: CeilingView): PoseCamera {
  return poseCamera(camera.pose, camera.size);
}

export function createViewPainter(
  scenario: Scenario,
  view: View,
  cutouts: ReadonlyMap<string, Cutout>,
  { kind, backdrop }: ViewBackdrop,
): PaintView {
  if (view.kind === 'door' && kind === 'door') {
    const painter = createPainter(scenario, view.walks, cutouts, backdrop);
    return (frame, rgb) => ({ faces: painter.paint(frame, rgb), people: [] });
  }
  if (view.kind === 'ceiling' && kind === 'ceiling') {
    const { id, framesPerSecond } = view.camera;
    const settings = { name: id, framesPerSecond };
    const camera = cameraOfView(view);
    const painter = createFloorPainter(scenario, view.day, camera, settings, cutouts, backdrop);
    return (frame, rgb) => ({ faces: [], people: painter.paint(frame, rgb) });
  }
  throw new TypeError(`a ${view.kind} camera cannot be painted before the backdrop of a ${kind} camera`);
}
