import sharp from 'sharp';
import type { Picture } from '../vision/frame.ts';
import { drawFixture, drawRoom, drawShadows, standingThings } from './floor-drawing.ts';
import type { Fixture } from './floor-plan.ts';
import type { PoseCamera } from './pose-camera.ts';

/** The empty shop from a ceiling camera, and what each thing in it hides. */
export interface FloorBackdrop {
  readonly picture: Picture;
  readonly occluders: readonly Occluder[];
}

/** A fixture, and how much of each pixel it covers: 0..255, between these columns and rows of the picture. */
export interface Occluder {
  readonly fixture: Fixture;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly cover: Uint8Array;
}

/** Draws the shop from a ceiling camera. The same on every machine that has the same sharp. */
export async function drawFloorBackdrop(camera: PoseCamera): Promise<FloorBackdrop> {
  const { width, height } = camera.pinhole.geometry;
  const svg = (content: string): Buffer =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`,
    );
  const things = standingThings(camera).map((fixture) => ({
    fixture,
    drawing: drawFixture(camera, fixture),
  }));
  const all = drawRoom(camera) + drawShadows(camera) + things.map(({ drawing }) => drawing).join('');
  const rgb = await sharp(svg(all)).removeAlpha().blur(0.6).raw().toBuffer();
  const occluders: Occluder[] = [];
  for (const { fixture, drawing } of things) {
    if (drawing === '') continue;
    const occluder = await coverOf(fixture, svg(drawing), width, height);
    if (occluder) occluders.push(occluder);
  }
  return { picture: { width, height, rgb }, occluders };
}

async function coverOf(
  fixture: Fixture,
  drawing: Buffer,
  width: number,
  height: number,
): Promise<Occluder | undefined> {
  const { data, info } = await sharp(drawing)
    .ensureAlpha()
    .blur(0.6)
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.width !== width || info.height !== height)
    throw new RangeError('the backdrop has another size than the camera');
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3] === 0) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = y + 1;
    }
  }
  if (right <= left) return undefined;
  const cover = new Uint8Array((right - left) * (bottom - top));
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      cover[(y - top) * (right - left) + x - left] = data[(y * width + x) * 4 + 3]!;
    }
  }
  return { fixture, left, top, width: right - left, height: bottom - top, cover };
}
