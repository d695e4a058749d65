import type { Occluder } from './floor-backdrop.ts';
import type { Figure } from './floor-figure.ts';
import type { Layer } from './layer.ts';

type Box = readonly [left: number, top: number, right: number, bottom: number];

export interface PaintedPerson {
  readonly visit: number;
  /** Where the picture has the floor beneath the person, pixels; may lie outside of it. */
  readonly foot: readonly [number, number];
  /** From the crown to the soles, pixels; may reach out of the picture. */
  readonly boxXyxy: Box;
  /** Around what can be seen of the person; the whole box where nothing can. */
  readonly seenXyxy: Box;
  /** 0..1 of the whole body: what neither other people, nor fixtures, nor the picture's edge hide. */
  readonly visible: number;
}

/** A point of a body, and how much of it can be seen. */
export interface Probe {
  readonly x: number;
  readonly y: number;
  /** Pixel index, or undefined outside of the picture. */
  readonly at: number | undefined;
  open: number;
}

/** Visibility is asked at these points of a body: shares of its height, metres from its middle. */
const PROBE_HEIGHTS = Array.from({ length: 14 }, (_, index) => 0.04 + (index * 0.92) / 13);
const PROBE_SIDES = [-0.13, 0, 0.13];
/** How far around it a point stands for the body, metres. */
const PROBE_REACH = { across: 0.11, up: 0.06 };

export function probesOf({ walk, beside }: Figure, width: number, height: number): Probe[] {
  return PROBE_HEIGHTS.flatMap((share) =>
    PROBE_SIDES.map((side): Probe => {
      const { x, y } = beside(side, share * walk.heightMetres);
      const within = x >= 0 && y >= 0 && x < width && y < height;
      return { x, y, at: within ? Math.floor(y) * width + Math.floor(x) : undefined, open: within ? 1 : 0 };
    }),
  );
}

/** Fixtures stand before the probes of whoever was drawn last. */
export function hideBehindFixtures(probes: readonly Probe[], cover: Uint8Array): void {
  for (const probe of probes) if (probe.at !== undefined) probe.open *= 1 - cover[probe.at]! / 255;
}

/** Whoever was drawn last stands before the probes. */
export function hideBehindPerson(probes: readonly Probe[], layer: Layer, cover: Uint8Array): void {
  for (const probe of probes) {
    if (probe.at === undefined || probe.open === 0) continue;
    const x = probe.at % layer.width;
    const y = Math.floor(probe.at / layer.width);
    if (x < layer.left || x >= layer.right || y < layer.top || y >= layer.bottom) continue;
    probe.open *= 1 - (layer.rgba[probe.at * 4 + 3]! / 255) * (1 - cover[probe.at]! / 255);
  }
}

export function describeFigure({ walk, beside }: Figure, probes: readonly Probe[]): PaintedPerson {
  const [crown, feet] = [beside(0, walk.heightMetres), beside(0, 0)];
  const boxXyxy: Box = [
    Math.min(beside(-0.24, 1.2).x, beside(-0.2, 0.1).x),
    crown.y,
    Math.max(beside(0.24, 1.2).x, beside(0.2, 0.1).x),
    feet.y + 0.05 * feet.pixelsPerMetre,
  ];
  return {
    visit: walk.visit,
    foot: [feet.x, feet.y],
    boxXyxy,
    seenXyxy: around(probes, boxXyxy, feet.pixelsPerMetre),
    visible: probes.reduce((sum, { open }) => sum + open, 0) / probes.length,
  };
}

function around(probes: readonly Probe[], [left, top, right, bottom]: Box, pixelsPerMetre: number): Box {
  const open = probes.filter((probe) => probe.open >= 0.5);
  if (open.length === 0) return [left, top, right, bottom];
  const [across, up] = [PROBE_REACH.across * pixelsPerMetre, PROBE_REACH.up * pixelsPerMetre];
  return [
    Math.max(left, Math.min(...open.map(({ x }) => x)) - across),
    Math.max(top, Math.min(...open.map(({ y }) => y)) - up),
    Math.min(right, Math.max(...open.map(({ x }) => x)) + across),
    Math.min(bottom, Math.max(...open.map(({ y }) => y)) + up),
  ];
}

/** What fixtures hide of the layer's patch. */
export function fillCover(cover: Uint8Array, layer: Layer, hiddenBy: readonly Occluder[]): void {
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

/** How much of that pixel the fixture covers, 0..255. */
export function coverAt({ left, top, width, height, cover }: Occluder, x: number, y: number): number {
  const within = x >= left && y >= top && x < left + width && y < top + height;
  return within ? cover[(y - top) * width + x - left]! : 0;
}
