import type { Pointer } from './functions.ts';
import { takeString, type GStreamer } from './library.ts';

/** Raw video as GStreamer describes it. */
export interface VideoCaps {
  /** GStreamer's name of the pixel format, e.g. `RGB`, `I420`. */
  readonly format: string;
  readonly width: number;
  readonly height: number;
  /** Undefined when the rate is variable (0/1) or not told. */
  readonly framesPerSecond: number | undefined;
}

/** Bytes a pixel of the packed formats that this project takes over as rows of bytes. */
const BYTES_PER_PIXEL: Readonly<Record<string, number>> = {
  RGB: 3,
  BGR: 3,
  RGBA: 4,
  BGRx: 4,
  GRAY8: 1,
  GRAY16_LE: 2,
};

/** Reads the caps of a sample or pad; undefined when they are not fixed raw video. */
export function parseVideoCaps(gst: GStreamer, caps: Pointer): VideoCaps | undefined {
  return parseVideoCapsText(takeString(gst, gst.gst_caps_to_string(caps)));
}

/**
 * The pure part of {@link parseVideoCaps}.
 * @example parseVideoCapsText('video/x-raw, format=(string)RGB, width=(int)64, height=(int)48, framerate=(fraction)15/1')
 */
export function parseVideoCapsText(text: string): VideoCaps | undefined {
  if (!text.startsWith('video/x-raw')) return undefined;
  const width = Number(/\bwidth=\(int\)(\d+)/.exec(text)?.[1]);
  const height = Number(/\bheight=\(int\)(\d+)/.exec(text)?.[1]);
  const format = /\bformat=\(string\)([\w-]+)/.exec(text)?.[1];
  if (!(width > 0 && height > 0) || format === undefined) return undefined;
  const rate = /\bframerate=\(fraction\)(\d+)\/(\d+)/.exec(text);
  const framesPerSecond = Number(rate?.[1]) / Number(rate?.[2]);
  return { format, width, height, framesPerSecond: framesPerSecond > 0 ? framesPerSecond : undefined };
}

/** Bytes of one row without padding. @throws TypeError for a format of several planes */
export function tightRowBytes({ format, width }: VideoCaps): number {
  const bytes = BYTES_PER_PIXEL[format];
  if (bytes === undefined) {
    throw new TypeError(
      `pixel format ${format} is not one of ${Object.keys(BYTES_PER_PIXEL).join(', ')}: convert it in the pipeline`,
    );
  }
  return width * bytes;
}
