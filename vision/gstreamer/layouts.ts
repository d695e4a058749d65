import koffi from 'koffi';
import { UserError } from '../../runtime/errors.ts';
import type { CoreFunctions, Int64, Pointer, VideoFunctions } from './functions.ts';

/*
 * Where GStreamer has only macros (GST_BUFFER_PTS, GST_MESSAGE_TYPE ...) the public structures of its headers are needed.
 * They are part of the 1.x ABI. checkLayouts() proves at load that this machine's library agrees.
 */
const MINI_OBJECT = {
  type: 'size_t',
  refcount: 'int',
  lockstate: 'int',
  flags: 'uint',
  copy: 'void *',
  dispose: 'void *',
  free: 'void *',
  privateNumber: 'uint',
  privatePointer: 'void *',
};
const META = { flags: 'int', info: 'void *' };

const BUFFER = koffi.struct({
  ...MINI_OBJECT,
  pool: 'void *',
  pts: 'uint64_t',
  dts: 'uint64_t',
  duration: 'uint64_t',
  offset: 'uint64_t',
  offsetEnd: 'uint64_t',
});
const MESSAGE = koffi.struct({
  ...MINI_OBJECT,
  messageType: 'int',
  timestamp: 'uint64_t',
  source: 'void *',
  seqnum: 'uint32_t',
});
const VIDEO_META = koffi.struct({
  ...META,
  buffer: 'void *',
  frameFlags: 'int',
  format: 'int',
  id: 'int',
  width: 'uint',
  height: 'uint',
  planes: 'uint',
  offsets: koffi.array('size_t', 4),
  strides: koffi.array('int', 4),
});
const REFERENCE_TIMESTAMP_META = koffi.struct({
  ...META,
  reference: 'void *',
  timestamp: 'uint64_t',
  duration: 'uint64_t',
});
const MAP_INFO = koffi.struct({
  memory: 'void *',
  flags: 'int',
  data: 'void *',
  size: 'size_t',
  maxSize: 'size_t',
  userData: koffi.array('void *', 4),
  reserved: koffi.array('void *', 4),
});
const ERROR = koffi.struct({ domain: 'uint32_t', code: 'int', message: 'const char *' });
const TYPE_INSTANCE = koffi.struct({ objectClass: 'void *' });

const OFFSET = {
  bufferPts: koffi.offsetof(BUFFER, 'pts'),
  bufferDuration: koffi.offsetof(BUFFER, 'duration'),
  messageType: koffi.offsetof(MESSAGE, 'messageType'),
  messageSource: koffi.offsetof(MESSAGE, 'source'),
  messageSeqnum: koffi.offsetof(MESSAGE, 'seqnum'),
  metaWidth: koffi.offsetof(VIDEO_META, 'width'),
  metaHeight: koffi.offsetof(VIDEO_META, 'height'),
  metaOffset: koffi.offsetof(VIDEO_META, 'offsets'),
  metaStride: koffi.offsetof(VIDEO_META, 'strides'),
  referenceTimestamp: koffi.offsetof(REFERENCE_TIMESTAMP_META, 'timestamp'),
  mapData: koffi.offsetof(MAP_INFO, 'data'),
  mapSize: koffi.offsetof(MAP_INFO, 'size'),
  objectClass: koffi.offsetof(TYPE_INSTANCE, 'objectClass'),
};

/** Bytes of a `GstMapInfo`. */
export const MAP_INFO_BYTES = koffi.sizeof(MAP_INFO);
/** Bytes of a `GValue` (fixed by GLib's ABI: a type and two 8-byte unions). */
export const GVALUE_BYTES = 24;
/** More than the 696 bytes of a `GstVideoFrame` with its `GstVideoInfo`; it is only passed through, never read. */
export const VIDEO_FRAME_BYTES = 2048;

/** Presentation time of a buffer, nanoseconds. */
export const bufferPts = (buffer: Pointer): Int64 => decodeInt64(buffer, OFFSET.bufferPts);
/** Sets presentation time and duration, nanoseconds. */
export function setBufferTime(buffer: Pointer, ptsNs: bigint, durationNs: bigint): void {
  koffi.encode(buffer, OFFSET.bufferPts, 'uint64_t', ptsNs);
  koffi.encode(buffer, OFFSET.bufferDuration, 'uint64_t', durationNs);
}
export const messageType = (message: Pointer): number => decodeNumber(message, OFFSET.messageType, 'int');
export const messageSource = (message: Pointer): Pointer | null =>
  decodePointer(message, OFFSET.messageSource);
/** Bytes from the buffer's start to the first row, and from row to row, of the first plane. */
export const videoMetaRows = (meta: Pointer): { offsetBytes: number; strideBytes: number } => ({
  offsetBytes: decodeNumber(meta, OFFSET.metaOffset, 'size_t'),
  strideBytes: decodeNumber(meta, OFFSET.metaStride, 'int'),
});
export const referenceTimestamp = (meta: Pointer): Int64 => decodeInt64(meta, OFFSET.referenceTimestamp);
export const classOf = (object: Pointer): Pointer | null => decodePointer(object, OFFSET.objectClass);

/** Where the mapped bytes of a filled `GstMapInfo` are. */
export function mappedBytes(map: Uint8Array): { address: Pointer; sizeBytes: number } {
  const address = decodePointer(map, OFFSET.mapData);
  if (address === null) throw new TypeError('the buffer is not mapped');
  return { address, sizeBytes: decodeNumber(map, OFFSET.mapSize, 'size_t') };
}

/** Reads a `GError`; the caller frees it. */
export function readError(error: Pointer): { domain: number; code: number; message: string } {
  const value: unknown = koffi.decode(error, ERROR);
  const { domain, code, message } = value as { domain: number; code: number; message: string | null };
  return { domain, code, message: message ?? '' };
}

/**
 * Proves the layouts above on objects made by the library's own functions.
 * @throws UserError when a field is not where the headers of GStreamer 1.22 have it
 */
export function checkLayouts(gst: CoreFunctions, video: VideoFunctions, version: string): void {
  const message = gst.gst_message_new_eos(null);
  const buffer = gst.gst_buffer_new_allocate(null, 64, null);
  if (buffer === null) throw new Error('GStreamer could not allocate 64 bytes');
  const map = new Uint8Array(MAP_INFO_BYTES);
  const clock = gst.gst_caps_from_string('timestamp/x-ntp');
  try {
    const fresh = [OFFSET.bufferPts, OFFSET.bufferDuration].map((offset) => decodeInt64(buffer, offset));
    setBufferTime(buffer, 1n, 2n);
    const rgb = video.gst_video_format_from_string('RGB');
    const offsets = new BigUint64Array([7n, 0n, 0n, 0n]);
    const strides = new Int32Array([16, 0, 0, 0]);
    const meta = video.gst_buffer_add_video_meta_full(buffer, 0, rgb, 5, 3, 1, offsets, strides);
    const reference = gst.gst_buffer_add_reference_timestamp_meta(buffer, clock, 12345n, 0n);
    gst.gst_buffer_map(buffer, map, 1);
    const { sizeBytes } = mappedBytes(map);
    gst.gst_buffer_unmap(buffer, map);
    const found: Record<string, boolean> = {
      'GstMessage.type': messageType(message) === 1,
      'GstMessage.src': messageSource(message) === null,
      'GstMessage.seqnum':
        decodeNumber(message, OFFSET.messageSeqnum, 'uint32_t') === gst.gst_message_get_seqnum(message),
      'GstBuffer.pts': fresh.every((time) => time === 0xffff_ffff_ffff_ffffn) && bufferPts(buffer) === 1,
      'GstMapInfo.size': sizeBytes === 64 && gst.gst_buffer_get_size(buffer) === 64,
      'GstVideoMeta.stride': videoMetaRows(meta).strideBytes === 16 && videoMetaRows(meta).offsetBytes === 7,
      'GstVideoMeta.size':
        decodeNumber(meta, OFFSET.metaWidth, 'uint') === 5 &&
        decodeNumber(meta, OFFSET.metaHeight, 'uint') === 3,
      'GstReferenceTimestampMeta.timestamp': reference !== null && referenceTimestamp(reference) === 12345,
    };
    const wrong = Object.keys(found).filter((field) => found[field] !== true);
    if (wrong.length > 0) {
      throw new UserError(
        'gstreamer.layout',
        `GStreamer ${version} keeps ${wrong.join(', ')} elsewhere than GStreamer 1.22 on 64 bits.`,
        'Use the GStreamer of Debian 12 or 13, and report this version.',
      );
    }
  } finally {
    gst.gst_mini_object_unref(clock);
    gst.gst_mini_object_unref(buffer);
    gst.gst_mini_object_unref(message);
  }
}

function decodeInt64(from: Pointer, offset: number): Int64 {
  const value: unknown = koffi.decode(from, offset, 'uint64_t');
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new TypeError('not a 64-bit integer');
  return value;
}

function decodeNumber(from: Pointer | Uint8Array, offset: number, type: string): number {
  return Number(koffi.decode(from, offset, type));
}

function decodePointer(from: Pointer | Uint8Array, offset: number): Pointer | null {
  const value: unknown = koffi.decode(from, offset, 'void *');
  if (value === null || typeof value === 'bigint') return value;
  throw new TypeError('not an address');
}
