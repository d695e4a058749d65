import { UserError } from '../../runtime/errors.ts';
import type { Camera, CameraSource } from '../../config/schema.ts';
import { findImageSequence, isImageSequence, type ImageSequence } from './image-sequence.ts';

/** What a camera delivers frames from; a simulation is turned into a file before it comes here. */
export type FrameSource = Exclude<CameraSource, { kind: 'simulation' | 'file' }> | FileFrames;

/** A file, as configured or as the virtual shop rendered it. */
export type FileFrames = Extract<CameraSource, { kind: 'file' }> & {
  /** A looping file at pace `realtime` that plays in step with every other of the same period: see in-step.ts. */
  readonly periodSeconds?: number;
};

/** What {@link import('./camera.ts').openCamera} needs of a configured camera. */
export interface CameraConfig extends Pick<Camera, 'id' | 'size' | 'framesPerSecond' | 'stallSeconds'> {
  readonly source: FrameSource;
}

/** User name and password of a network camera. */
export interface CameraLogin {
  readonly user: string;
  readonly password: string;
}

/** A pipeline to be built. Names and passwords are set as texts and never stand in the description. */
export interface PipelineRecipe {
  readonly description: string;
  readonly texts: readonly PropertyText[];
  /** GStreamer elements that must be installed. */
  readonly elements: readonly string[];
}

interface PropertyText {
  readonly element: string;
  readonly property: string;
  readonly text: string;
}

/** Names inside the description. */
export const ELEMENT = { source: 'source', scale: 'scale', frames: 'frames' } as const;

/** Milliseconds that an RTSP source waits for late packets: covers a switched network, adds little to the latency. */
const RTSP_LATENCY_MS = 100;
const DEFAULT_SEQUENCE_RATE = 25;

const DECODERS = ['decodebin', 'videoscale', 'videoconvert', 'appsink'];
const NETWORK_DECODERS = ['rtph264depay', 'h264parse', 'avdec_h264'];

/** Elements that a kind of source cannot do without. */
export function neededElements(source: FrameSource): string[] {
  switch (source.kind) {
    case 'rtsp':
      return ['rtspsrc', ...NETWORK_DECODERS, 'videorate', ...DECODERS];
    case 'v4l2':
      return ['v4l2src', 'jpegdec', 'videorate', ...DECODERS];
    case 'file':
      return [isImageSequence(source.path) ? 'imagesequencesrc' : 'filesrc', ...DECODERS];
    case 'test':
      return ['videotestsrc', ...DECODERS.filter((element) => element !== 'decodebin')];
  }
}

/**
 * The pipeline for a camera: source → decoder → rate → size → RGB → app sink.
 * Scaling comes before conversion, as two elements: measured 70-74 % of a core against 93-97 % for `videoconvertscale`.
 * Live sources and files that play like one keep the newest frame only; files at pace `fast` keep all and wait; files
 * that play in step keep a few, which connection.ts hands out when they are due.
 * @param login for network cameras that ask for one
 * @throws UserError when a sequence of pictures is not there or a test pattern is none
 */
export function pipelineRecipe(camera: CameraConfig, login?: CameraLogin): PipelineRecipe {
  const { source, size } = camera;
  const head = headOf(camera, login);
  const sink = isInStep(source)
    ? 'max-buffers=4 drop=false sync=false'
    : isPaced(source)
      ? `max-buffers=1 drop=true sync=${source.kind === 'file'}`
      : 'max-buffers=2 drop=false sync=false';
  return {
    description:
      `${head.description} ! videoscale name=${ELEMENT.scale}` +
      ` ! video/x-raw,width=${size.width},height=${size.height},pixel-aspect-ratio=1/1` +
      ` ! videoconvert ! video/x-raw,format=RGB` +
      ` ! appsink name=${ELEMENT.frames} ${sink} enable-last-sample=false`,
    texts: head.texts,
    elements: neededElements(source),
  };
}

/** Whether frames come at their own pace, so that old ones must give way to new ones. */
export function isPaced(source: FrameSource): boolean {
  return source.kind !== 'file' || source.pace === 'realtime';
}

/** Whether frames are handed out at moments of the wall clock. */
export function isInStep(source: FrameSource): source is FileFrames & { readonly periodSeconds: number } {
  return (
    source.kind === 'file' && source.pace === 'realtime' && source.loop && source.periodSeconds !== undefined
  );
}

/** Whether losing it means trying again, as for a network camera or one on USB. */
export function isReconnectable(source: FrameSource): boolean {
  return source.kind === 'rtsp' || source.kind === 'v4l2';
}

function headOf(camera: CameraConfig, login?: CameraLogin): Omit<PipelineRecipe, 'elements'> {
  const { source, size, framesPerSecond, stallSeconds } = camera;
  const newestFrames = `videorate drop-only=true max-rate=${Math.max(1, Math.ceil(framesPerSecond))}`;
  switch (source.kind) {
    case 'rtsp': {
      const timeoutUs = Math.round(stallSeconds * 1e6);
      const texts = [textOf('location', source.url)];
      if (login !== undefined) texts.push(textOf('user-id', login.user), textOf('user-pw', login.password));
      return {
        description:
          `rtspsrc name=${ELEMENT.source} protocols=${source.transport} latency=${RTSP_LATENCY_MS}` +
          ` tcp-timeout=${timeoutUs} timeout=${timeoutUs} add-reference-timestamp-meta=true` +
          ` ! application/x-rtp,media=video ! decodebin ! ${newestFrames}`,
        texts,
      };
    }
    case 'v4l2': {
      const wanted = `width=${size.width},height=${size.height}`;
      return {
        description:
          `v4l2src name=${ELEMENT.source}` +
          ` ! capsfilter caps="video/x-raw,${wanted};image/jpeg,${wanted};video/x-raw;image/jpeg"` +
          ` ! decodebin ! ${newestFrames}`,
        texts: [textOf('device', source.device)],
      };
    }
    case 'file': {
      if (!isImageSequence(source.path)) {
        return {
          description: `filesrc name=${ELEMENT.source} ! decodebin caps="video/x-raw(ANY)" expose-all-streams=false`,
          texts: [textOf('location', source.path)],
        };
      }
      const rate = rateText(source.framesPerSecond ?? DEFAULT_SEQUENCE_RATE);
      return {
        description: `${sequenceText(findImageSequence(source.path))} framerate=${rate} ! decodebin`,
        texts: [textOf('location', source.path)],
      };
    }
    case 'test':
      if (!/^[a-z0-9-]+$/.test(source.pattern)) {
        throw new UserError(
          'camera.test-pattern',
          `Camera ${camera.id}: "${source.pattern}" is no pattern of videotestsrc.`,
          'Use one of those that gst-inspect-1.0 videotestsrc lists, such as smpte or ball.',
        );
      }
      return {
        description:
          `videotestsrc name=${ELEMENT.source} is-live=true pattern=${source.pattern}` +
          ` ! video/x-raw,width=${size.width},height=${size.height},framerate=${rateText(framesPerSecond)}`,
        texts: [],
      };
  }
}

function sequenceText({ firstIndex, lastIndex }: ImageSequence): string {
  return `imagesequencesrc name=${ELEMENT.source} start-index=${firstIndex} stop-index=${lastIndex}`;
}

function textOf(property: string, text: string): PropertyText {
  return { element: ELEMENT.source, property, text };
}

/** Frames a second as GStreamer's fraction. @example rateText(29.97) // '29970/1000' */
function rateText(framesPerSecond: number): string {
  return `${Math.round(framesPerSecond * 1000)}/1000`;
}
