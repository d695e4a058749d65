import sharp from 'sharp';
import type { BoxXyxy } from '../faces/geometry.ts';
import { pixelate } from '../faces/pixelate.ts';
import type { Picture } from '../frame.ts';

/** Enough to see boxes and people, small enough for several browsers at five a second. */
const WIDTH = 960;
const QUALITY = 72;

/** A JPEG of the frame in which the faces that must not be shown are made unrecognisable before anything is encoded. */
export async function encodeLivePicture(frame: Picture, hidden: readonly BoxXyxy[]): Promise<Uint8Array> {
  const { width, height } = frame;
  const picture: Picture = { width, height, rgb: frame.rgb.slice() };
  for (const box of hidden) pixelate(picture, box);
  const jpeg = await sharp(picture.rgb, { raw: { width, height, channels: 3 } })
    .resize({ width: Math.min(WIDTH, width) })
    .jpeg({ quality: QUALITY })
    .toBuffer();
  return new Uint8Array(jpeg);
}
