import { renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../runtime/errors.ts';
import { newTightBuffer } from './app-sink.ts';
import type { BusMessage } from './bus.ts';
import { listMissingElements, missingElementsError, requireElements } from './elements.ts';
import { setBufferTime } from './layouts.ts';
import { loadGStreamer } from './library.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';

export interface VideoWriterOptions {
  /** The Matroska file to make (.mkv). It appears under this name when it is complete; until then with `.part` behind. */
  readonly path: string;
  /** Pixels; both even, because H.264 keeps colour at half the resolution. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  readonly codec?: 'h264';
  /** x264's constant rate factor, 0 (lossless) to 51; 20 is visually good. */
  readonly quality?: number;
}

export interface VideoWriter {
  /** The GStreamer element that encodes: `x264enc`, or `openh264enc` where that is missing. */
  readonly encoder: string;
  /**
   * Appends one picture (8-bit RGB, tight rows); copies it, so the caller may use the memory again at once. Resolves when
   * there is room for the next one. Picture n is shown at n / framesPerSecond seconds.
   */
  write(rgb: Uint8Array): Promise<void>;
  /** Finishes the file. @throws UserError when something could not be written */
  close(): Promise<void>;
  /** Gives up and removes what was written. */
  abort(): Promise<void>;
}

/** Encoders in the order of preference. */
const H264_ENCODERS = [
  {
    name: 'x264enc',
    // No B-frames: decoding order is showing order, so nothing is held back. Two seconds between key frames for seeking.
    settings: (quality: number, keyFrameDistance: number) =>
      `pass=qual quantizer=${quality} speed-preset=veryfast bframes=0 key-int-max=${keyFrameDistance}`,
  },
  {
    name: 'openh264enc',
    settings: (quality: number, keyFrameDistance: number) =>
      `rate-control=off qp-min=${quality} qp-max=${quality} gop-size=${keyFrameDistance}`,
  },
] as const;
const DEFAULT_QUALITY = 20;
const QUEUED_FRAMES = 4;
const ROOM_POLL_MS = 1;
/** Encoding the last queued pictures takes well under a second; a minute means that something hangs. */
const FINISH_TIMEOUT_MS = 60_000;

/**
 * Writes a constant-rate H.264 video in Matroska.
 * @throws UserError when an element is missing or the file can't be made
 */
export function openVideoWriter(options: VideoWriterOptions): VideoWriter {
  const { path, width, height, framesPerSecond, quality = DEFAULT_QUALITY } = options;
  if (width % 2 !== 0 || height % 2 !== 0 || !(framesPerSecond > 0)) {
    throw new TypeError(
      `a video needs an even size and a rate above 0, not ${width}x${height} at ${framesPerSecond}`,
    );
  }
  requireElements(['appsrc', 'videoconvert', 'h264parse', 'matroskamux', 'filesink']);
  const encoder = chooseEncoder();
  const rate = `${Math.round(framesPerSecond * 1000)}/1000`;
  const pipeline = openPipeline(
    `appsrc name=source format=time caps="video/x-raw,format=RGB,width=${width},height=${height},framerate=${rate},pixel-aspect-ratio=1/1" ` +
      `! videoconvert ! video/x-raw,format=I420 ` +
      `! ${encoder.name} ${encoder.settings(quality, Math.max(1, Math.round(framesPerSecond * 2)))} ` +
      `! h264parse ! matroskamux ! filesink name=sink`,
  );
  const partPath = `${path}.part`;
  pipeline.element('sink').setText('location', partPath);
  pipeline.play();
  return createWriter(pipeline, { ...options, partPath, encoder: encoder.name });
}

function createWriter(
  pipeline: Pipeline,
  options: VideoWriterOptions & { readonly partPath: string; readonly encoder: string },
): VideoWriter {
  const { path, partPath, width, height, framesPerSecond, encoder } = options;
  const gst = loadGStreamer();
  const source = pipeline.nativeElement('source');
  const frameBytes = width * height * 3;
  let frames = 0;
  let open = true;

  const timeNs = (frame: number): bigint => BigInt(Math.round((frame * 1e9) / framesPerSecond));
  const remove = (): void => rmSync(partPath, { force: true });

  async function abort(): Promise<void> {
    open = false;
    await pipeline.close();
    remove();
  }

  /** @returns whether the file is finished */
  async function checkBus(): Promise<boolean> {
    for (const message of pipeline.bus.poll()) {
      if (message.kind === 'end-of-stream') return true;
      if (message.kind !== 'error') continue;
      await abort();
      throw writeError(path, message);
    }
    return false;
  }

  return {
    encoder,
    async write(rgb) {
      if (!open) throw new Error('this video writer was closed');
      if (rgb.byteLength !== frameBytes) {
        throw new TypeError(`a picture of ${width}x${height} has ${frameBytes} bytes, not ${rgb.byteLength}`);
      }
      const buffer = newTightBuffer(gst, { format: 'RGB', width, height, framesPerSecond }, width * 3);
      gst.gst_buffer_fill(buffer, 0, rgb, frameBytes);
      setBufferTime(buffer, timeNs(frames), timeNs(frames + 1) - timeNs(frames));
      frames += 1;
      gst.gst_app_src_push_buffer(source, buffer); // takes the buffer over, also when it refuses it
      await checkBus();
      while (Number(gst.gst_app_src_get_current_level_bytes(source)) >= QUEUED_FRAMES * frameBytes) {
        await sleep(ROOM_POLL_MS);
        await checkBus();
      }
    },
    async close() {
      if (!open) return;
      open = false;
      gst.gst_app_src_end_of_stream(source);
      const deadline = performance.now() + FINISH_TIMEOUT_MS;
      while (!(await checkBus())) {
        if (performance.now() > deadline) {
          await abort();
          throw new UserError(
            'video.write',
            `${path} could not be finished in time.`,
            'Try again on a free machine.',
          );
        }
        await sleep(ROOM_POLL_MS);
      }
      await pipeline.close();
      renameSync(partPath, path);
    },
    abort,
  };
}

function chooseEncoder(): (typeof H264_ENCODERS)[number] {
  const missing = listMissingElements(H264_ENCODERS.map(({ name }) => name));
  const encoder = H264_ENCODERS.find(({ name }) => !missing.some(({ element }) => element === name));
  if (encoder === undefined) throw missingElementsError(missing.slice(0, 1));
  return encoder;
}

function writeError(path: string, message: Extract<BusMessage, { kind: 'error' }>): UserError {
  return new UserError(
    'video.write',
    `${path} could not be written: ${message.text}`,
    'Check that its folder exists, may be written to, and has room.',
  );
}
