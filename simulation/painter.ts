import type { Backdrop } from './backdrop.ts';
import { drawBody } from './body.ts';
import { castMember } from './cast.ts';
import type { Cutout } from './cutout.ts';
import { createLayer, openLayer, smearDown, type Layer } from './layer.ts';
import { lightingAt } from './light.ts';
import type { Projection } from './pinhole.ts';
import { facePlace, stanceAt, type Stance, type Walk } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { DOOR_CAMERA } from './scene.ts';
import { createSensor } from './sensor.ts';
import { layTexel } from './texel.ts';

export interface Painter {
  /**
   * Paints one picture of the door camera.
   * @param rgb filled with width × height × 3 bytes; it must start at a multiple of 4 in its buffer
   * @returns every face in front of the camera, with what can be seen of it
   */
  paint(frame: number, rgb: Uint8Array): PaintedFace[];
}

export interface PaintedFace {
  readonly visit: number;
  /** Pixels, may reach out of the picture. */
  readonly boxXyxy: readonly [number, number, number, number];
  /** 0..1: what neither other people, nor things, nor the picture's edge hide. */
  readonly visible: number;
}

interface Figure {
  readonly walk: Walk;
  readonly cutout: Cutout;
  readonly stance: Stance;
  readonly face: Projection;
  readonly boxXyxy: readonly [number, number, number, number];
}

/** A shutter of about 1/75 s. */
const SHUTTER_SECONDS = 0.013;
/** Visibility is asked at so many by so many points of a face's ellipse. */
const PROBES = 9;

/** Paints frames in any order: a frame depends on nothing but the scenario and its number. */
export function createPainter(
  scenario: Scenario,
  walks: readonly Walk[],
  cutouts: ReadonlyMap<string, Cutout>,
  backdrop: Backdrop,
): Painter {
  const { width, height } = DOOR_CAMERA.geometry;
  const layer = createLayer(width, height);
  const sensor = createSensor(scenario, backdrop.picture.rgb, {
    name: 'camera',
    width,
    height,
    framesPerSecond: scenario.camera.framesPerSecond,
    exposureSwing: scenario.camera.exposureSwing,
  });
  return {
    paint: (frame, rgb) => {
      const seconds = frame / scenario.camera.framesPerSecond;
      const exposure = sensor.expose(frame);
      rgb.set(exposure.backdrop);
      const figures = figuresAt(walks, cutouts, seconds);
      const views = figures.map((figure) => ({ figure, probes: faceProbes(figure, width, height) }));
      for (const { walk, stance } of figures) shade(rgb, walk, stance, sensor.floor, width, height);
      for (const [index, { figure }] of views.entries()) {
        drawFigure(layer, figure);
        const cover = backdrop.occluders.find(({ beyondAway }) => figure.stance.away >= beyondAway)!.cover;
        hide(views[index]!.probes, (at) => cover[at]! / 255);
        for (const farther of views.slice(0, index))
          hide(farther.probes, (at) => coverageOf(layer, at) / 255);
        join(rgb, layer, figure.stance.away, cover, exposure.table);
      }
      sensor.addNoise(rgb, frame);
      return views.map(({ figure, probes }) => ({
        visit: figure.walk.visit,
        boxXyxy: figure.boxXyxy,
        visible: probes.reduce((sum, probe) => sum + probe.open, 0) / probes.length,
      }));
    },
  };
}

/** Everyone in front of the camera, the farthest first. */
function figuresAt(walks: readonly Walk[], cutouts: ReadonlyMap<string, Cutout>, seconds: number): Figure[] {
  return walks
    .flatMap((walk) => {
      const stance = stanceAt(walk, seconds);
      const cutout = cutouts.get(walk.castId);
      if (!stance || !cutout) return [];
      const face = DOOR_CAMERA.project(facePlace(walk, stance));
      return [{ walk, cutout, stance, face, boxXyxy: boxAround(face, cutout) }];
    })
    .sort((a, b) => b.stance.away - a.stance.away);
}

function boxAround(face: Projection, cutout: Cutout): readonly [number, number, number, number] {
  const scale = face.pixelsPerMetre / cutout.levels[0]!.pixelsPerMetre;
  const [left, top, right, bottom] = cutout.faceXyxy;
  const halfWidth = ((right - left) / 2) * scale;
  const halfHeight = ((bottom - top) / 2) * scale;
  return [face.x - halfWidth, face.y - halfHeight, face.x + halfWidth, face.y + halfHeight];
}

function drawFigure(layer: Layer, { walk, cutout, stance, face }: Figure): void {
  const level =
    cutout.levels.findLast(({ pixelsPerMetre }) => pixelsPerMetre >= face.pixelsPerMetre * 0.92) ??
    cutout.levels[0]!;
  const scale = level.pixelsPerMetre / face.pixelsPerMetre;
  const shrink = level.pixelsPerMetre / cutout.levels[0]!.pixelsPerMetre;
  const centreX = ((cutout.faceXyxy[0] + cutout.faceXyxy[2]) / 2) * shrink;
  const centreY = ((cutout.faceXyxy[1] + cutout.faceXyxy[3]) / 2) * shrink;
  const reach = Math.max(centreX, level.width - centreX, 0.45 * level.pixelsPerMetre) / scale + 8;
  const rise = (centreY / scale) * 1.03 + 8;
  const feet = DOOR_CAMERA.project({ across: stance.across, height: 0, away: stance.away - 0.5 });
  openLayer(layer, face.x - reach, face.y - rise, face.x + reach, feet.y + 12);
  drawBody(layer, castMember(walk.castId).clothes, cutout, {
    tallMetres: walk.heightMetres,
    faceHeightMetres: walk.heightMetres - 0.125 + stance.bob,
    gait: stance.gait,
    stride: 1,
    bob: stance.bob,
    nearing: 1,
    breadth: 1,
    at: (across, height, ahead = 0) =>
      DOOR_CAMERA.project({ across: stance.across + across, height, away: stance.away - ahead }),
  });
  const cosine = Math.cos(stance.sway) * scale;
  const sine = Math.sin(stance.sway) * scale;
  const source = level.rgba;
  for (let y = layer.top; y < layer.bottom; y++) {
    const dy = y + 0.5 - face.y;
    if (dy * scale > level.height - centreY + 40) break;
    for (let x = layer.left; x < layer.right; x++) {
      const dx = x + 0.5 - face.x;
      const u = dx * cosine + dy * sine + centreX - 0.5;
      const v = dy * cosine - dx * sine + centreY - 0.5;
      if (u < 0 || v < 0 || u >= level.width - 1 || v >= level.height - 1) continue;
      layTexel(layer, (y * layer.width + x) * 4, source, level.width, u, v);
    }
  }
  const later = DOOR_CAMERA.project({
    ...facePlace(walk, stance),
    away: stance.away - walk.metresPerSecond * SHUTTER_SECONDS,
  });
  smearDown(layer, later.y - face.y);
}

/** Puts a person into the picture, lit for the place and behind what stands nearer. */
function join(rgb: Uint8Array, layer: Layer, away: number, cover: Uint8Array, exposure: Uint8Array): void {
  const { solidity, ...light } = lightingAt(away);
  const red = light.red.map((level) => exposure[level]!);
  const green = light.green.map((level) => exposure[level]!);
  const blue = light.blue.map((level) => exposure[level]!);
  const { rgba, width } = layer;
  for (let y = layer.top; y < layer.bottom; y++) {
    for (let at = y * width + layer.left, end = y * width + layer.right; at < end; at++) {
      const alpha = rgba[at * 4 + 3]!;
      if (alpha === 0) continue;
      const share = (solidity * (255 - cover[at]!)) / 255;
      const keep = 1 - (alpha / 255) * share;
      // Light acts on the colour itself, so coverage is divided out and multiplied in again.
      const full = 255 / alpha;
      const weight = (alpha / 255) * share;
      const i = at * 3;
      rgb[i] = rgb[i]! * keep + red[Math.min(255, (rgba[at * 4]! * full) | 0)]! * weight;
      rgb[i + 1] = rgb[i + 1]! * keep + green[Math.min(255, (rgba[at * 4 + 1]! * full) | 0)]! * weight;
      rgb[i + 2] = rgb[i + 2]! * keep + blue[Math.min(255, (rgba[at * 4 + 2]! * full) | 0)]! * weight;
    }
  }
}

/** The shadow on the floor: dark between the feet, soft at its edge. */
function shade(
  rgb: Uint8Array,
  walk: Walk,
  stance: Stance,
  floor: number,
  width: number,
  height: number,
): void {
  const centre = DOOR_CAMERA.project({ across: stance.across, height: 0, away: stance.away });
  const near = DOOR_CAMERA.project({ across: stance.across, height: 0, away: stance.away - 0.42 });
  const radiusX = 0.36 * centre.pixelsPerMetre;
  const radiusY = Math.max(2, near.y - centre.y);
  const strength = 0.5 * lightingAt(stance.away).solidity * (walk.heightMetres / 1.7);
  for (let y = Math.max(0, Math.ceil(centre.y - radiusY)); y < Math.min(height, centre.y + radiusY); y++) {
    for (let x = Math.max(0, Math.ceil(centre.x - radiusX)); x < Math.min(width, centre.x + radiusX); x++) {
      const distance = ((x - centre.x) / radiusX) ** 2 + ((y - centre.y) / radiusY) ** 2;
      if (distance >= 1) continue;
      const dark = 1 - strength * (1 - distance) * (1 - distance);
      // Painted levels stand `floor` too low, so the shadow takes that much too little.
      const lost = floor * (1 - dark);
      const i = (y * width + x) * 3;
      rgb[i] = Math.max(0, rgb[i]! * dark - lost);
      rgb[i + 1] = Math.max(0, rgb[i + 1]! * dark - lost);
      rgb[i + 2] = Math.max(0, rgb[i + 2]! * dark - lost);
    }
  }
}

interface Probe {
  /** Pixel index, or undefined outside of the picture. */
  readonly at: number | undefined;
  open: number;
}

function faceProbes({ boxXyxy: [left, top, right, bottom] }: Figure, width: number, height: number): Probe[] {
  const probes: Probe[] = [];
  for (let row = 0; row < PROBES; row++) {
    for (let column = 0; column < PROBES; column++) {
      const u = (column + 0.5) / PROBES;
      const v = (row + 0.5) / PROBES;
      if ((2 * u - 1) ** 2 + (2 * v - 1) ** 2 > 1) continue;
      const x = Math.floor(left + (right - left) * u);
      const y = Math.floor(top + (bottom - top) * v);
      const within = x >= 0 && y >= 0 && x < width && y < height;
      probes.push({ at: within ? y * width + x : undefined, open: within ? 1 : 0 });
    }
  }
  return probes;
}

function hide(probes: readonly Probe[], coverage: (at: number) => number): void {
  for (const probe of probes) if (probe.at !== undefined) probe.open *= 1 - coverage(probe.at);
}

function coverageOf(layer: Layer, at: number): number {
  const x = at % layer.width;
  const y = Math.floor(at / layer.width);
  const within = x >= layer.left && x < layer.right && y >= layer.top && y < layer.bottom;
  return within ? layer.rgba[at * 4 + 3]! : 0;
}
