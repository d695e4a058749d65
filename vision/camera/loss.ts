import { RESOURCE_ERROR, type BusComplaint } from '../gstreamer/bus.ts';
import type { CameraLoss } from './camera-state.ts';
import type { FrameSource } from './pipeline-recipe.ts';

/** Codes that say "it is not there" rather than "it broke". */
const ABSENT: readonly number[] = [
  RESOURCE_ERROR.notFound,
  RESOURCE_ERROR.openRead,
  RESOURCE_ERROR.openReadWrite,
];

/**
 * What an error of the pipeline means for the camera.
 * @param hadFrames whether this connection had delivered frames
 */
export function lossFromError(error: BusComplaint, source: FrameSource, hadFrames: boolean): CameraLoss {
  if (isRefusal(error)) {
    return { reason: 'error', detail: refusedLogin(source) };
  }
  const absent = error.domain === 'resource' && ABSENT.includes(error.code);
  return { reason: absent && !hadFrames ? 'unreachable' : 'error', detail: error.text };
}

/** Whether the camera refused the login. */
export function isRefusal(error: BusComplaint): boolean {
  return error.domain === 'resource' && error.code === RESOURCE_ERROR.notAuthorized;
}

function refusedLogin(source: FrameSource): string {
  if (source.kind !== 'rtsp') return 'access is refused';
  return source.credentials === undefined
    ? 'The camera asks for a login, and its configuration names none: add source.credentials.'
    : `The camera refuses the login in the environment variable ${source.credentials}.`;
}
