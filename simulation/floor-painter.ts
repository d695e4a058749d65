import { drawBody } from './body.ts';
import type { Cutout } from './cutout.ts';
import type { FloorBackdrop, Occluder } from './floor-backdrop.ts';
import { clothesOf, createStances, viewsOf, type FloorStance, type Views } from './floor-figure.ts';
import type { FloorDay, FloorWalk } from './floor-walks.ts';
import { createLayer, openLayer, type Layer } from './layer.ts';
import type { Projection } from './pinhole.ts';
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

export interface PaintedPerson {
  readonly visit: number;
  /** Where the picture has the floor beneath the person, pixels; may lie outside of it. */
  readonly foot: readonly [number, number];
  /** From the crown to the soles, pixels; may reach out of the picture. */
  readonly boxXyxy: readonly [number, number, number, number];
  /** 0..1 of the whole body: what neither other people, nor fixtures, nor the picture's edge hide. */
  readonly visible: number;
}

export interface FloorPainterSettings {
  readonly name: string;
  readonly framesPerSecond: number;
}

interface Figure {
  readonly walk: FloorWalk;
  readonly stance: FloorStance;
  readonly cutout: Cutout;
  /** 1 when facing the camera, -1 when seen from behind. */
  readonly nearing: number;
  readonly breadth: number;
  readonly metresAway: number;
  readonly hiddenBy: readonly Occluder[];
  readonly at: (across: number, height: number, ahead?: number) => Projection;
}

/** From the crown to the centre of the face. */
const FACE_BELOW_CROWN = 0.125;
const BOB_METRES = 0.013;
/** From the side, steps of the length that looks right from the front look like strides. */
const STRIDE = 0.72;
/** A body from the side, as a share of its width from the front. */
const SIDE_BREADTH = 0.68;
/** Indoors, clouds are hardly seen. */
const EXPOSURE_SWING = 0.02;
/** Whoever is nearer than that beneath the lens is out of every picture. */
const NEAREST_METRES = 0.5;
/** Nearer than that, the photograph gets no sharper. */
const SHARPEST_METRES = 1.2;
/** Visibility is asked at these points of a body: shares of its height, metres from its middle. */
const PROBE_HEIGHTS = Array.from({ length: 14 }, (_, index) => 0.04 + (index * 0.92) / 13);
const PROBE_SIDES = [-0.13, 0, 0.13];

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
  const views = new Map<string, Views>();
  const largest = camera.pinhole.focalPixels / SHARPEST_METRES;
  for (const [id, cutout] of cutouts) views.set(id, viewsOf(cutout, largest));

  function figuresAt(seconds: number): Figure[] {
    return stancesAt(seconds)
      .flatMap(({ walk, stance }) => {
        if (camera.depth(stance.place, walk.heightMetres / 2) < NEAREST_METRES) return [];
        return [figureOf(camera, walk, stance, views.get(walk.castId)!, backdrop.occluders)];
      })
      .sort((a, b) => b.metresAway - a.metresAway);
  }

  return {
    paint: (frame, rgb) => {
      const exposure = sensor.expose(frame);
      rgb.set(exposure.backdrop);
      const figures = figuresAt(frame / settings.framesPerSecond);
      const painted = figures.map((figure) => ({ figure, probes: probesOf(figure, width, height) }));
      for (const figure of figures) shade(rgb, camera, figure.stance.place, sensor.floor, figure.hiddenBy);
      for (const [index, { figure, probes }] of painted.entries()) {
        drawFigure(layer, figure);
        fillCover(cover, layer, figure.hiddenBy);
        for (const probe of probes) if (probe.at !== undefined) probe.open *= 1 - cover[probe.at]! / 255;
        for (const { probes: farther } of painted.slice(0, index)) hide(farther, layer, cover);
        join(rgb, layer, cover, lightAt(figure.stance.place), exposure.table);
      }
      sensor.addNoise(rgb, frame);
      return painted.map(({ figure, probes }) => describe(figure, probes));
    },
  };
}

function figureOf(
  camera: PoseCamera,
  walk: FloorWalk,
  stance: FloorStance,
  views: Views,
  occluders: readonly Occluder[],
): Figure {
  const [x, y] = stance.place;
  const [dx, dy] = [camera.place[0] - x, camera.place[1] - y];
  const metresAway = Math.hypot(dx, dy);
  const towardsCamera: PlanPoint = [dx / metresAway, dy / metresAway];
  // To the right as the camera sees it, when looking at the person.
  const right: PlanPoint = [towardsCamera[1], -towardsCamera[0]];
  const [fx, fy] = stance.facing;
  const nearing = fx * towardsCamera[0] + fy * towardsCamera[1];
  const sideways = fx * right[0] + fy * right[1];
  const breadth = Math.hypot(nearing, SIDE_BREADTH * sideways);
  return {
    walk,
    stance,
    cutout: nearing < -0.2 ? views.back : sideways < 0 ? views.mirrored : views.front,
    nearing,
    breadth,
    metresAway,
    hiddenBy: occluders.filter(({ fixture }) => standsBetween(fixture, camera.place, stance.place)),
    at: (across, height, ahead = 0) =>
      camera.project(
        [x + right[0] * across * breadth + fx * ahead, y + right[1] * across * breadth + fy * ahead],
        height,
      ),
  };
}

/** Whether the straight way from the camera to the person, or to either shoulder, crosses the fixture's footprint. */
function standsBetween(
  { left, top, right, bottom }: Occluder['fixture'],
  camera: PlanPoint,
  person: PlanPoint,
): boolean {
  const [dx, dy] = [person[0] - camera[0], person[1] - camera[1]];
  const length = Math.hypot(dx, dy);
  return [-0.22, 0, 0.22].some((side) => {
    const [px, py] = [person[0] - (dy / length) * side, person[1] + (dx / length) * side];
    let [from, to] = [0, 1];
    for (const [start, end, low, high] of [
      [camera[0], px, left, right],
      [camera[1], py, top, bottom],
    ] as const) {
      const step = end - start;
      if (Math.abs(step) < 1e-9) {
        if (start < low || start > high) return false;
        continue;
      }
      const [a, b] = [(low - start) / step, (high - start) / step];
      from = Math.max(from, Math.min(a, b));
      to = Math.min(to, Math.max(a, b));
    }
    return from < to;
  });
}

function drawFigure(layer: Layer, { walk, stance, cutout, nearing, breadth, at }: Figure): void {
  const bob = BOB_METRES * Math.cos(2 * stance.gait) * stance.stride;
  const faceHeight = walk.heightMetres - FACE_BELOW_CROWN + bob;
  const face = at(0, faceHeight);
  const feet = at(0, 0);
  const first = cutout.levels[0]!;
  const level =
    cutout.levels.slice(1).findLast(({ pixelsPerMetre }) => pixelsPerMetre >= face.pixelsPerMetre * 0.92) ??
    cutout.levels[1]!;
  const reach = 0.62 * face.pixelsPerMetre;
  openLayer(
    layer,
    Math.min(face.x, feet.x) - reach,
    face.y - 0.36 * face.pixelsPerMetre,
    Math.max(face.x, feet.x) + reach,
    feet.y + 0.3 * feet.pixelsPerMetre,
  );
  drawBody(layer, clothesOf(walk), cutout, {
    tallMetres: walk.heightMetres,
    faceHeightMetres: faceHeight,
    gait: stance.gait,
    stride: stance.stride * STRIDE,
    bob,
    nearing,
    breadth,
    at,
  });
  const shrink = level.pixelsPerMetre / first.pixelsPerMetre;
  const centreX = ((cutout.faceXyxy[0] + cutout.faceXyxy[2]) / 2) * shrink;
  const centreY = ((cutout.faceXyxy[1] + cutout.faceXyxy[3]) / 2) * shrink;
  const chest = at(0, faceHeight - 0.5);
  drawPhotograph(layer, level, {
    x: face.x,
    y: face.y,
    centreX,
    centreY,
    // A standing line as the camera sees it: foreshortened, and leaning away from the picture's middle.
    acrossPerRow: (chest.x - face.x) / (chest.y - face.y),
    columnsPerPixel: level.pixelsPerMetre / (face.pixelsPerMetre * breadth),
    rowsPerPixel: (level.pixelsPerMetre * 0.5) / (chest.y - face.y),
  });
}

interface Placing {
  readonly x: number;
  readonly y: number;
  readonly centreX: number;
  readonly centreY: number;
  readonly acrossPerRow: number;
  readonly columnsPerPixel: number;
  readonly rowsPerPixel: number;
}

function drawPhotograph(layer: Layer, level: Cutout['levels'][number], placing: Placing): void {
  const source = level.rgba;
  const stride = level.width * 4;
  for (let y = layer.top; y < layer.bottom; y++) {
    const dy = y + 0.5 - placing.y;
    const v = dy * placing.rowsPerPixel + placing.centreY - 0.5;
    if (v < 0) continue;
    if (v >= level.height - 1) break;
    const v0 = v | 0;
    const fv = v - v0;
    for (let x = layer.left; x < layer.right; x++) {
      const dx = x + 0.5 - placing.x - dy * placing.acrossPerRow;
      const u = dx * placing.columnsPerPixel + placing.centreX - 0.5;
      if (u < 0 || u >= level.width - 1) continue;
      const u0 = u | 0;
      const fu = u - u0;
      const a = v0 * stride + u0 * 4;
      const b = a + stride;
      const w00 = (1 - fu) * (1 - fv);
      const w10 = fu * (1 - fv);
      const w01 = (1 - fu) * fv;
      const w11 = fu * fv;
      const alpha = source[a + 3]! * w00 + source[a + 7]! * w10 + source[b + 3]! * w01 + source[b + 7]! * w11;
      if (alpha < 1) continue;
      const keep = 1 - alpha / 255;
      const at = (y * layer.width + x) * 4;
      for (let c = 0; c < 3; c++) {
        const value =
          source[a + c]! * w00 + source[a + 4 + c]! * w10 + source[b + c]! * w01 + source[b + 4 + c]! * w11;
        layer.rgba[at + c] = layer.rgba[at + c]! * keep + value;
      }
      layer.rgba[at + 3] = layer.rgba[at + 3]! * keep + alpha;
    }
  }
}

/** What fixtures hide of the layer's patch. */
function fillCover(cover: Uint8Array, layer: Layer, hiddenBy: readonly Occluder[]): void {
  const { width } = layer;
  for (let y = layer.top; y < layer.bottom; y++) {
    if (layer.right > layer.left) cover.fill(0, y * width + layer.left, y * width + layer.right);
  }
  for (const one of hiddenBy) {
    const left = Math.max(layer.left, one.left);
    const right = Math.min(layer.right, one.left + one.width);
    for (let y = Math.max(layer.top, one.top); y < Math.min(layer.bottom, one.top + one.height); y++) {
      const row = (y - one.top) * one.width - one.left;
      for (let x = left; x < right; x++) {
        const at = y * width + x;
        const both = 255 - ((255 - cover[at]!) * (255 - one.cover[row + x]!)) / 255;
        cover[at] = both;
      }
    }
  }
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

/** The shadow on the floor: dark between the feet, soft at its edge. */
function shade(
  rgb: Uint8Array,
  camera: PoseCamera,
  place: PlanPoint,
  floor: number,
  hiddenBy: readonly Occluder[],
): void {
  const { width, height } = camera.pinhole.geometry;
  const centre = camera.project(place);
  const away = Math.hypot(place[0] - camera.place[0], place[1] - camera.place[1]);
  const radiusX = 0.36 * centre.pixelsPerMetre;
  const radiusY = Math.max(2, (radiusX * camera.heightMetres) / Math.hypot(away, camera.heightMetres));
  for (let y = Math.max(0, Math.ceil(centre.y - radiusY)); y < Math.min(height, centre.y + radiusY); y++) {
    for (let x = Math.max(0, Math.ceil(centre.x - radiusX)); x < Math.min(width, centre.x + radiusX); x++) {
      const distance = ((x - centre.x) / radiusX) ** 2 + ((y - centre.y) / radiusY) ** 2;
      if (distance >= 1) continue;
      let open = 1;
      for (const one of hiddenBy) open *= 1 - coverAt(one, x, y) / 255;
      const dark = 1 - 0.45 * open * (1 - distance) * (1 - distance);
      // Painted levels stand `floor` too low, so the shadow takes that much too little.
      const lost = floor * (1 - dark);
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) rgb[i + c] = Math.max(0, rgb[i + c]! * dark - lost);
    }
  }
}

function coverAt({ left, top, width, height, cover }: Occluder, x: number, y: number): number {
  const within = x >= left && y >= top && x < left + width && y < top + height;
  return within ? cover[(y - top) * width + x - left]! : 0;
}

/** Lamps hang over the middle of the shop; along the walls it is a little darker. */
function lightAt([x, y]: PlanPoint): number {
  return 1.04 - 0.1 * Math.min(1, Math.hypot((x - 8) / 7, (y - 4.5) / 5));
}

interface Probe {
  /** Pixel index, or undefined outside of the picture. */
  readonly at: number | undefined;
  open: number;
}

function probesOf({ walk, at }: Figure, width: number, height: number): Probe[] {
  return PROBE_HEIGHTS.flatMap((share) =>
    PROBE_SIDES.map((side): Probe => {
      const seen = at(side, share * walk.heightMetres);
      const [x, y] = [Math.floor(seen.x), Math.floor(seen.y)];
      const within = x >= 0 && y >= 0 && x < width && y < height;
      return { at: within ? y * width + x : undefined, open: within ? 1 : 0 };
    }),
  );
}

/** Somebody nearer stands before the probes. */
function hide(probes: readonly Probe[], layer: Layer, cover: Uint8Array): void {
  for (const probe of probes) {
    if (probe.at === undefined || probe.open === 0) continue;
    const x = probe.at % layer.width;
    const y = Math.floor(probe.at / layer.width);
    if (x < layer.left || x >= layer.right || y < layer.top || y >= layer.bottom) continue;
    probe.open *= 1 - (layer.rgba[probe.at * 4 + 3]! / 255) * (1 - cover[probe.at]! / 255);
  }
}

function describe({ walk, at }: Figure, probes: readonly Probe[]): PaintedPerson {
  const [crown, feet, left, right] = [
    at(0, walk.heightMetres),
    at(0, 0),
    [at(-0.24, 1.2), at(-0.2, 0.1)],
    [at(0.24, 1.2), at(0.2, 0.1)],
  ] as const;
  return {
    visit: walk.visit,
    foot: [feet.x, feet.y],
    boxXyxy: [
      Math.min(...left.map(({ x }) => x)),
      crown.y,
      Math.max(...right.map(({ x }) => x)),
      feet.y + 0.05 * feet.pixelsPerMetre,
    ],
    visible: probes.reduce((sum, { open }) => sum + open, 0) / probes.length,
  };
}
