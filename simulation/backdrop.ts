import sharp from 'sharp';
import type { Picture } from '../vision/frame.ts';
import { boutique, doorFront, foreground, portal, street } from './boutique.ts';
import { DOOR_CAMERA, SCENE } from './scene.ts';

/** The empty shop, and what stands before people at each depth. */
export interface Backdrop {
  readonly picture: Picture;
  /** For people farther away than `beyondAway` metres: what hides them, 0..255 a pixel. Farthest first. */
  readonly occluders: readonly { readonly beyondAway: number; readonly cover: Uint8Array }[];
}

/** Draws the shop. The same on every machine that has the same sharp. */
export async function drawBackdrop(): Promise<Backdrop> {
  const { width, height } = DOOR_CAMERA.geometry;
  const svg = (content: string): Buffer =>
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`,
    );
  const [front, gate, near] = [svg(doorFront()), svg(portal()), svg(foreground())];
  const scene = await sharp(svg(street()))
    .composite([{ input: svg(boutique()) }, { input: front }, { input: gate }, { input: near }])
    .removeAlpha()
    .toBuffer({ resolveWithObject: true });
  const picture = await sharp(scene.data).blur(0.6).raw().toBuffer();
  const covers = await Promise.all(
    [svg(boutique()), front, gate, near].map((layer) => coverOf(layer, width, height)),
  );
  const [walls, frontCover, gateCover, nearCover] = covers as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return {
    picture: { width, height, rgb: picture },
    occluders: [
      { beyondAway: SCENE.doorAway, cover: union([walls, frontCover, gateCover, nearCover]) },
      { beyondAway: SCENE.portalAway, cover: union([gateCover, nearCover]) },
      { beyondAway: 0, cover: nearCover },
    ],
  };
}

async function coverOf(layer: Buffer, width: number, height: number): Promise<Uint8Array> {
  const { data, info } = await sharp(layer)
    .ensureAlpha()
    .blur(0.6)
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.width !== width || info.height !== height)
    throw new RangeError('the backdrop has another size than the camera');
  const cover = new Uint8Array(width * height);
  for (let at = 0; at < cover.length; at++) cover[at] = data[at * 4 + 3]!;
  return cover;
}

function union(covers: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(covers[0]!.length);
  for (let at = 0; at < out.length; at++) {
    let open = 1;
    for (const cover of covers) open *= 1 - cover[at]! / 255;
    out[at] = Math.round(255 * (1 - open));
  }
  return out;
}
