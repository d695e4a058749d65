import sharp from 'sharp';
import { messageOf, UserError } from '../../runtime/errors.ts';
import type { Picture } from '../frame.ts';

/** Photographs larger than this are scaled down: faces in them are large enough, and detectors see no more. */
const LONGEST_SIDE = 2048;

/**
 * Reads a photograph, upright and as 8-bit RGB.
 * @throws UserError when it is no picture that can be read
 */
export async function readPicture(path: string, longestSide = LONGEST_SIDE): Promise<Picture> {
  try {
    const { data, info } = await sharp(path)
      .rotate() // as the camera's orientation mark says
      .resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
      .flatten({ background: 'white' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) throw new Error(`it has ${info.channels} channels`);
    return {
      width: info.width,
      height: info.height,
      rgb: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    };
  } catch (error) {
    throw new UserError(
      'faces.unreadable-picture',
      `The picture ${path} can't be read: ${messageOf(error)}`,
      'Give a JPEG, PNG or WebP file.',
      { cause: error },
    );
  }
}
