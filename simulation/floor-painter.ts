import type { Cutout } from './cutout.ts';
import type { FloorBackdrop } from './floor-backdrop.ts';
import { drawFigure, figureOf, type Figure } from './floor-figure.ts';
import { portraitOf } from './floor-portrait.ts';
import { shadeFloor } from './floor-shadow.ts';
import {
  describeFigure,
  fillCover,
  hideBehindFixtures,
  hideBehindPerson,
  probesOf,
  type PaintedPerson,
} from './floor-sight.ts';
import { createStances } from './floor-stance.ts';
import type { FloorDay } from './floor-walks.ts';
import { createLayer, type Layer } from './layer.ts';
import type { PlanPoint, PoseCamera } from './pose-camera.ts';
import type { Scenario } from './scenario.ts';
import { createSensor } from './sensor.ts';

export interface FloorPainter {
  /**
   * Paints one picture of a ceiling camera.
   * @param rgb filled with width × height × 3 bytes; it must start at a multiple of 4 in its buffer
   * @returns everybody whose feet or head could be in the picture, with what can be seen of them
   */
  paint(frame: number, rgb: Uint8Array): PaintedPerson[];
}

export interface FloorPainterSettings {
  readonly name: string;
  readonly framesPerSecond: number;
}

/** Indoors, clouds are hardly seen. */
const EXPOSURE_SWING = 0.02;
/** Whoever is nearer than that beneath the lens is out of every picture. */
const NEAREST_METRES = 0.5;
/** Nearer than that, the photograph gets no sharper. */
const SHARPEST_METRES = 1.2;

/** Paints frames in any order: a frame depends on nothing but the scenario, the camera and its number. */
export function createFloorPainter(
  scenario: Scenario,
  day: FloorDay,
  camera: PoseCamera,
  settings: FloorPainterSettings,
  cutouts: ReadonlyMap<string, Cutout>,
  backdrop: FloorBackdrop,
): FloorPainter {
  const { width, height } = camera.pinhole.geometry;
  const layer = createLayer(width, height);
  const cover = new Uint8Array(width * height);
  const sensor = createSensor(scenario, backdrop.picture.rgb, {
    ...settings,
    width,
    height,
    exposureSwing: EXPOSURE_SWING,
  });
  const stancesAt = createStances(day);
  const largest = camera.pinhole.focalPixels / SHARPEST_METRES;
  const portraits = new Map([...cutouts].map(([id, cutout]) => [id, portraitOf(cutout, largest)]));

  function figuresAt(seconds: number): Figure[] {
    return stancesAt(seconds)
      .flatMap(({ walk, stance }) => {
        if (camera.depth(stance.place, walk.heightMetres / 2) < NEAREST_METRES) return [];
        return [figureOf(camera, walk, stance, portraits.get(walk.castId)!, backdrop.occluders)];
      })
      .sort((a, b) => b.metresAway - a.metresAway);
  }

  return {
    paint: (frame, rgb) => {
      const exposure = sensor.expose(frame);
      rgb.set(exposure.backdrop);
      const figures = figuresAt(frame / settings.framesPerSecond);
      const painted = figures.map((figure) => ({ figure, probes: probesOf(figure, width, height) }));
      for (const figure of figures)
        shadeFloor(rgb, camera, figure.stance.place, sensor.floor, figure.hiddenBy);
      for (const [index, { figure, probes }] of painted.entries()) {
        drawFigure(layer, figure);
        fillCover(cover, layer, figure.hiddenBy);
        hideBehindFixtures(probes, cover);
        for (const { probes: farther } of painted.slice(0, index)) hideBehindPerson(farther, layer, cover);
        join(rgb, layer, cover, lightAt(figure.stance.place), exposure.table);
      }
      sensor.addNoise(rgb, frame);
      return painted.map(({ figure, probes }) => describeFigure(figure, probes));
    },
  };
}

/** Puts a person into the picture, lit for the place and behind what stands nearer. */
function join(rgb: Uint8Array, layer: Layer, cover: Uint8Array, light: number, exposure: Uint8Array): void {
  const { rgba, width } = layer;
  for (let y = layer.top; y < layer.bottom; y++) {
    for (let at = y * width + layer.left, end = y * width + layer.right; at < end; at++) {
      const alpha = rgba[at * 4 + 3]!;
      if (alpha === 0) continue;
      const share = (255 - cover[at]!) / 255;
      const weight = (alpha / 255) * share;
      const full = (255 / alpha) * light;
      const keep = 1 - weight;
      for (let c = 0; c < 3; c++) {
        const level = exposure[Math.min(255, (rgba[at * 4 + c]! * full) | 0)]!;
        rgb[at * 3 + c] = rgb[at * 3 + c]! * keep + level * weight;
      }
    }
  }
}

/** Lamps hang over the middle of the shop; along the walls it is a little darker. */
function lightAt([x, y]: PlanPoint): number {
  return 1.04 - 0.1 * Math.min(1, Math.hypot((x - 8) / 7, (y - 4.5) / 5));
}
