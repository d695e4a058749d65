import { openVideoWriter } from '../vision/gstreamer/video-writer.ts';
import type { Crew, PaintedFrame } from './crew.ts';
import type { Scenario } from './scenario.ts';

export interface Film {
  readonly crew: Crew;
  /** Which of the crew's views, from 0. */
  readonly view: number;
  readonly frames: number;
  /** The Matroska file to make. */
  readonly path: string;
  readonly scenario: Scenario;
  readonly size: { readonly width: number; readonly height: number };
  readonly framesPerSecond: number;
}

/**
 * Lets a crew paint a view from beginning to end and writes it as video (H.264 in Matroska).
 * @param onFrame hears of every frame in order; its memory is used again afterwards
 * @throws UserError when GStreamer lacks an encoder or the file can't be written; nothing is left behind then
 */
export async function filmView(film: Film, onFrame: (frame: PaintedFrame) => void): Promise<void> {
  const { crew, view, frames, path, scenario, size, framesPerSecond } = film;
  const { quality } = scenario.camera;
  const writer = openVideoWriter({ path, ...size, framesPerSecond, quality });
  try {
    for await (const painted of crew.paint(view, 0, frames)) {
      await writer.write(painted.rgb);
      onFrame(painted);
    }
    await writer.close();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
