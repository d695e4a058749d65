import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../runtime/errors.ts';
import { createAppSink, type AppSink } from './app-sink.ts';
import { createBus, stateName, type Bus, type PipelineState } from './bus.ts';
import { createCaptureClock, type CaptureClock } from './clock.ts';
import { withoutCredentials } from './credentials.ts';
import { createElement, type PipelineElement } from './element.ts';
import { debianPackageOf, missingElementsError } from './elements.ts';
import type { Out, Pointer } from './functions.ts';
import { readError } from './layouts.ts';
import { loadGStreamer, type GStreamer } from './library.ts';

/** A running graph of GStreamer elements. It belongs to the thread that opened it. */
export interface Pipeline {
  readonly bus: Bus;
  readonly clock: CaptureClock;
  /** An element by the name that the description gives it. @throws TypeError when there is none */
  element(name: string): PipelineElement;
  /** The element as a source of pictures. @throws TypeError when there is none */
  appSink(name: string): AppSink;
  /** The element's native address, for the other files of this folder. */
  nativeElement(name: string): Pointer;
  /** Begins to play. Returns at once; failures come over the bus. */
  play(): void;
  /** Prepares everything up to the first picture and stands still. Returns at once. */
  pause(): void;
  state(): PipelineState;
  /** Jumps to the start of a file, dropping whatever is under way. False when the source cannot. */
  seekToStart(): boolean;
  /** Jumps to the last key frame before this position of a file, dropping whatever is under way. False when it cannot. */
  seekBefore(mediaSeconds: number): boolean;
  /**
   * Stops on a thread of GStreamer's, so that a source that hangs cannot hang this one. Resolves to false when the source
   * did not stop in time; GStreamer then goes on stopping it in the background.
   */
  close(): Promise<boolean>;
}

export interface PipelineOptions {
  /** Texts that no message or error may contain. */
  readonly secrets?: readonly string[];
  /** How long {@link Pipeline.close} waits. */
  readonly closeTimeoutMs?: number;
}

const STATE = { null: 1, paused: 3, playing: 4 } as const;
const TIME_FORMAT = 3;
const SEEK_FLUSH_TO_KEY_UNIT_BEFORE = (1 << 0) | (1 << 2) | (1 << 5);
const DEFAULT_CLOSE_TIMEOUT_MS = 5000;
const CLOSE_POLL_MS = 2;
/** `GstParseError` */
const PARSE_ERRORS: readonly string[] = [
  ...['syntax', 'no-such-element', 'no-such-property', 'link', 'property-value', 'empty-bin', 'empty'],
  'delayed-link',
];

/**
 * Builds a pipeline from a description as `gst-launch-1.0` reads it. It does not play yet.
 * Pipelines keep time by the system's monotonic clock, so that capture times of all cameras can be compared.
 * @throws UserError `gstreamer.parse.*` when the description is wrong, naming the Debian package of a missing element
 */
export function openPipeline(description: string, options: PipelineOptions = {}): Pipeline {
  const gst = loadGStreamer();
  const secrets = options.secrets ?? [];
  const pointer = parse(gst, description, secrets);
  const busPointer = gst.gst_element_get_bus(pointer);
  const clockPointer = gst.gst_system_clock_obtain();
  gst.gst_pipeline_use_clock(pointer, clockPointer);
  const clock = createCaptureClock(gst, clockPointer);
  const undo: (() => void)[] = [];
  const elements = new Map<string, Pointer>();
  let closing: Promise<boolean> | undefined;

  const nativeElement = (name: string): Pointer => {
    if (closing !== undefined) throw new Error('this pipeline was closed');
    const known = elements.get(name);
    if (known !== undefined) return known;
    const element = gst.gst_bin_get_by_name(pointer, name);
    if (element === null) throw new TypeError(`the pipeline has no element named ${name}`);
    elements.set(name, element);
    undo.push(() => gst.gst_object_unref(element));
    return element;
  };
  const element = (name: string): PipelineElement => createElement(gst, nativeElement(name), name);
  const seek = (positionNs: number | bigint): boolean =>
    gst.gst_element_seek_simple(pointer, TIME_FORMAT, SEEK_FLUSH_TO_KEY_UNIT_BEFORE, positionNs) !== 0;

  return {
    bus: createBus(gst, busPointer, pointer, secrets),
    clock,
    element,
    nativeElement,
    appSink(name) {
      const sink = nativeElement(name);
      const handle = element(name);
      return createAppSink({
        gst,
        sink,
        pipeline: pointer,
        clock,
        arrived: () => handle.getCounter('stats', 'rendered') ?? 0,
        onClose: (action) => undo.push(action),
      });
    },
    play: () => void gst.gst_element_set_state(pointer, STATE.playing),
    pause: () => void gst.gst_element_set_state(pointer, STATE.paused),
    state: () => readState(gst, pointer).state,
    seekToStart: () => seek(0),
    seekBefore: (mediaSeconds) => seek(BigInt(Math.round(mediaSeconds * 1e9))),
    close() {
      closing ??= stop(gst, pointer, options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS).finally(() => {
        for (const action of undo) action();
        gst.gst_object_unref(clockPointer);
        gst.gst_object_unref(busPointer);
        gst.gst_object_unref(pointer);
      });
      return closing;
    },
  };
}

function parse(gst: GStreamer, description: string, secrets: readonly string[]): Pointer {
  const error: Out<Pointer | null> = [null];
  const pipeline = gst.gst_parse_launch(description, error);
  if (error[0] === null) {
    if (pipeline === null) throw new Error('GStreamer built no pipeline and gave no reason');
    return pipeline;
  }
  const { domain, code, message } = readError(error[0]);
  gst.g_error_free(error[0]);
  if (pipeline !== null) gst.gst_object_unref(pipeline);
  const kind = domain === gst.gst_parse_error_quark() ? (PARSE_ERRORS[code] ?? 'unknown') : 'unknown';
  if (kind === 'no-such-element') {
    const name = /"([^"]+)"/.exec(message)?.[1] ?? message;
    throw missingElementsError([{ element: name, debianPackage: debianPackageOf(name) }]);
  }
  throw new UserError(
    `gstreamer.parse.${kind}`,
    `GStreamer cannot read the pipeline "${withoutCredentials(description, secrets)}": ${withoutCredentials(message, secrets)}.`,
    'Correct the description; gst-launch-1.0 takes the same text, and gst-inspect-1.0 ELEMENT lists what an element knows.',
  );
}

/**
 * Stopping a network source waits for its connection. GStreamer calls a native function for us on a thread of its pool:
 * gst_element_set_state(pipeline, GST_STATE_NULL), whose address and argument fit the call.
 */
async function stop(gst: GStreamer, pipeline: Pointer, timeoutMs: number): Promise<boolean> {
  gst.gst_element_call_async(pipeline, gst.setStateAddress, BigInt(STATE.null), null);
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const { state, pending } = readState(gst, pipeline);
    if (state === 'null' && pending === 'void-pending') return true;
    if (performance.now() > deadline) return false;
    await sleep(CLOSE_POLL_MS);
  }
}

function readState(gst: GStreamer, pipeline: Pointer): { state: PipelineState; pending: PipelineState } {
  const [state, pending]: [Out<number>, Out<number>] = [[0], [0]];
  gst.gst_element_get_state(pipeline, state, pending, 0);
  return { state: stateName(state[0]), pending: stateName(pending[0]) };
}
