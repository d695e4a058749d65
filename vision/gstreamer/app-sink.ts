import koffi from 'koffi';
import { type CaptureClock, ntpToUtcMs } from './clock.ts';
import type { Pointer } from './functions.ts';
import {
  bufferPts,
  MAP_INFO_BYTES,
  mappedBytes,
  referenceTimestamp,
  VIDEO_FRAME_BYTES,
  videoMetaRows,
} from './layouts.ts';
import { CLOCK_TIME_NONE, toSeconds, type GStreamer } from './library.ts';
import { parseVideoCaps, tightRowBytes, type VideoCaps } from './video-caps.ts';

/** One picture out of a pipeline. Its bytes are GStreamer's own memory until {@link release}. */
export interface VideoSample {
  readonly caps: VideoCaps;
  /** Rows without padding, top row first. @throws Error after release */
  readonly bytes: Uint8Array;
  /** Presentation time stamp as the source wrote it. */
  readonly ptsSeconds: number | undefined;
  /** Seconds that the pipeline has played until this picture; goes on ascending over seeks. */
  readonly runningSeconds: number | undefined;
  /** Position of this picture within the medium: a file's own time. */
  readonly streamSeconds: number | undefined;
  /** When it was captured by the pipeline's clock: base time + running time; see clock.ts for UTC. */
  readonly clockSeconds: number | undefined;
  /** When it was captured by the camera's own NTP clock (RTCP sender reports), where the camera tells. */
  readonly ntpUtcMs: number | undefined;
  /** Gives the memory back. @throws Error when called twice */
  release(): void;
}

export interface AppSink {
  /**
   * The next picture, waiting natively (this thread stands still) for at most so long; undefined when there is none.
   * @param waitMs 0 asks and returns at once
   */
  tryPull(waitMs: number): VideoSample | undefined;
  /** True after the last picture of a stream that ended was pulled. */
  isEndOfStream(): boolean;
  /** Pictures that reached the sink since the pipeline started, whether pulled or dropped. */
  arrived(): number;
  /** Pictures pulled and not yet released. */
  held(): number;
}

interface SinkContext {
  readonly gst: GStreamer;
  readonly sink: Pointer;
  readonly pipeline: Pointer;
  readonly clock: CaptureClock;
  /** Counter of pictures that arrived, from the sink's statistics. */
  readonly arrived: () => number;
  /** Registers what must be undone when the pipeline closes. */
  readonly onClose: (undo: () => void) => void;
}

interface MappedBytes {
  readonly address: Pointer;
  readonly sizeBytes: number;
  unmap(): void;
}

const TIME_FORMAT = 3;
const MAP_READ = 1;
const MAP_WRITE = 2;

/** Pulls pictures from an element `appsink` that gets raw video of one packed format. */
export function createAppSink({ gst, sink, pipeline, arrived, onClose }: SinkContext): AppSink {
  const ntpReference = gst.gst_caps_from_string('timestamp/x-ntp');
  const caps = createCapsMemory(gst);
  let heldSamples = 0;
  onClose(() => {
    gst.gst_mini_object_unref(ntpReference);
    caps.close();
  });

  return {
    tryPull(waitMs) {
      const sample = gst.gst_app_sink_try_pull_sample(sink, Math.round(waitMs * 1e6));
      if (sample === null) return undefined;
      try {
        const read = readSample(sample);
        heldSamples += 1;
        return read;
      } catch (error) {
        gst.gst_mini_object_unref(sample);
        throw error;
      }
    },
    isEndOfStream: () => gst.gst_app_sink_is_eos(sink) !== 0,
    arrived,
    held: () => heldSamples,
  };

  function readSample(sample: Pointer): VideoSample {
    const buffer = gst.gst_sample_get_buffer(sample);
    const capsPointer = gst.gst_sample_get_caps(sample);
    const segment = gst.gst_sample_get_segment(sample);
    if (buffer === null || capsPointer === null || segment === null) {
      throw new Error('the app sink delivered a sample without buffer, caps or segment');
    }
    const video = caps.read(capsPointer);
    const pts = bufferPts(buffer);
    const running =
      pts === CLOCK_TIME_NONE ? CLOCK_TIME_NONE : gst.gst_segment_to_running_time(segment, TIME_FORMAT, pts);
    const runningSeconds = toSeconds(running);
    const stream =
      pts === CLOCK_TIME_NONE ? CLOCK_TIME_NONE : gst.gst_segment_to_stream_time(segment, TIME_FORMAT, pts);
    const baseSeconds = Number(gst.gst_element_get_base_time(pipeline)) / 1e9;
    const reference = gst.gst_buffer_get_reference_timestamp_meta(buffer, ntpReference);
    const mapped = mapTightRows(gst, buffer, capsPointer, video);
    const bytes = new Uint8Array(koffi.view(mapped.address, mapped.sizeBytes));
    let released = false;
    return {
      caps: video,
      get bytes() {
        if (released) throw new Error('this sample was released: copy what must be kept before release()');
        return bytes;
      },
      ptsSeconds: toSeconds(pts),
      runningSeconds,
      streamSeconds: toSeconds(stream),
      clockSeconds: runningSeconds === undefined ? undefined : baseSeconds + runningSeconds,
      ntpUtcMs: reference === null ? undefined : ntpToUtcMs(referenceTimestamp(reference)),
      release() {
        if (released) throw new Error('this sample was released before');
        released = true;
        heldSamples -= 1;
        mapped.unmap();
        gst.gst_mini_object_unref(sample);
      },
    };
  }
}

/**
 * Maps the rows of a buffer without padding: without a copy where the rows are tight already, else by one native copy.
 * A width times bytes a pixel divisible by 4 is always tight unless the buffer carries a GstVideoMeta that says otherwise.
 */
function mapTightRows(gst: GStreamer, buffer: Pointer, caps: Pointer, video: VideoCaps): MappedBytes {
  const rowBytes = tightRowBytes(video);
  const sizeBytes = rowBytes * video.height;
  const meta = gst.gst_buffer_get_video_meta(buffer);
  const { offsetBytes, strideBytes } =
    meta === null ? { offsetBytes: 0, strideBytes: Math.ceil(rowBytes / 4) * 4 } : videoMetaRows(meta);
  if (strideBytes !== rowBytes) {
    const tight = copyToTightRows(gst, buffer, caps, video, rowBytes);
    try {
      const mapped = mapBuffer(gst, tight, sizeBytes, 0);
      return {
        ...mapped,
        unmap() {
          mapped.unmap();
          gst.gst_mini_object_unref(tight);
        },
      };
    } catch (error) {
      gst.gst_mini_object_unref(tight);
      throw error;
    }
  }
  return mapBuffer(gst, buffer, sizeBytes, offsetBytes);
}

function mapBuffer(gst: GStreamer, buffer: Pointer, sizeBytes: number, offsetBytes: number): MappedBytes {
  const map = new Uint8Array(MAP_INFO_BYTES);
  if (gst.gst_buffer_map(buffer, map, MAP_READ) === 0) throw new Error('a buffer could not be mapped');
  const mapped = mappedBytes(map);
  if (mapped.sizeBytes < offsetBytes + sizeBytes) {
    gst.gst_buffer_unmap(buffer, map);
    throw new Error(`a buffer has ${mapped.sizeBytes} bytes, its picture needs ${offsetBytes + sizeBytes}`);
  }
  return {
    address: mapped.address + BigInt(offsetBytes),
    sizeBytes,
    unmap: () => {
      gst.gst_buffer_unmap(buffer, map);
    },
  };
}

function copyToTightRows(
  gst: GStreamer,
  buffer: Pointer,
  caps: Pointer,
  video: VideoCaps,
  rowBytes: number,
): Pointer {
  const target = newTightBuffer(gst, video, rowBytes);
  const info = gst.gst_video_info_new();
  const [from, to] = [new Uint8Array(VIDEO_FRAME_BYTES), new Uint8Array(VIDEO_FRAME_BYTES)];
  const known = gst.gst_video_info_from_caps(info, caps) !== 0;
  const fromMapped = known && gst.gst_video_frame_map(from, info, buffer, MAP_READ) !== 0;
  const toMapped = fromMapped && gst.gst_video_frame_map(to, info, target, MAP_WRITE) !== 0;
  const copied = toMapped && gst.gst_video_frame_copy(to, from) !== 0;
  if (toMapped) gst.gst_video_frame_unmap(to);
  if (fromMapped) gst.gst_video_frame_unmap(from);
  gst.gst_video_info_free(info);
  if (copied) return target;
  gst.gst_mini_object_unref(target);
  throw new Error('the rows of a picture could not be copied');
}

/** A new buffer for one packed picture whose rows have no padding; the caller releases it. */
export function newTightBuffer(gst: GStreamer, video: VideoCaps, rowBytes: number): Pointer {
  const buffer = gst.gst_buffer_new_allocate(null, rowBytes * video.height, null);
  if (buffer === null) throw new Error(`no memory for a picture of ${video.width}x${video.height}`);
  const format = gst.gst_video_format_from_string(video.format);
  const strides = new Int32Array([rowBytes, 0, 0, 0]);
  const offsets = new BigUint64Array(4);
  gst.gst_buffer_add_video_meta_full(buffer, 0, format, video.width, video.height, 1, offsets, strides);
  return buffer;
}

/** Parses caps once for as long as they stay the same; keeps them alive, so that an address means one thing only. */
function createCapsMemory(gst: GStreamer): { read(caps: Pointer): VideoCaps; close(): void } {
  let known: { pointer: Pointer; caps: VideoCaps } | undefined;
  const close = () => {
    if (known !== undefined) gst.gst_mini_object_unref(known.pointer);
    known = undefined;
  };
  return {
    read(pointer) {
      if (known?.pointer === pointer) return known.caps;
      const caps = parseVideoCaps(gst, pointer);
      if (caps === undefined) throw new TypeError('the app sink gets something else than raw video');
      close();
      known = { pointer: gst.gst_mini_object_ref(pointer), caps };
      return caps;
    },
    close,
  };
}
