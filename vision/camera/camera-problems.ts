import { accessSync, constants, existsSync } from 'node:fs';
import type { Environment } from '../../config/secret.ts';
import { UserError } from '../../runtime/errors.ts';
import { listMissingElements, missingElementsError } from '../gstreamer/elements.ts';
import { requireFile, requireLogin } from './requirements.ts';
import { neededElements, pipelineRecipe, type CameraConfig } from './pipeline-recipe.ts';
import { probeRtsp } from './rtsp-probe.ts';

/** Something that will keep a camera from working. */
export interface CameraProblem {
  readonly cameraId: string;
  /** Stable name, e.g. `camera.unreachable`, `gstreamer.element-missing`. */
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/**
 * Checks a camera without opening it: GStreamer's elements, its file or device, its login in the environment, and for a
 * network camera whether somebody answers there in RTSP. Takes at most a few seconds. Never throws for what it finds.
 */
export async function listCameraProblems(
  camera: CameraConfig,
  environment: Environment = process.env,
): Promise<CameraProblem[]> {
  const { id, source } = camera;
  const problems: CameraProblem[] = [];
  const check = (action: () => void): boolean => {
    try {
      action();
      return true;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push({ cameraId: id, code: error.code, message: error.message, next: error.next });
      return false;
    }
  };
  check(() => {
    const missing = listMissingElements(neededElements(source));
    if (missing.length > 0) throw missingElementsError(missing);
  });
  check(() => requireLogin(camera, environment));
  if (check(() => requireFile(camera))) check(() => pipelineRecipe(camera));
  if (source.kind === 'v4l2') check(() => requireDevice(id, source.device));
  if (source.kind === 'rtsp') {
    const answer = await probeRtsp(source.url);
    check(() => {
      if (answer.kind === 'silent') throw unreachable(id, source.url, answer.detail);
    });
  }
  return problems;
}

function requireDevice(id: string, device: string): void {
  if (!existsSync(device)) {
    throw new UserError(
      'camera.device-missing',
      `Camera ${id} is expected at ${device}, and there is no such device.`,
      'Plug the camera in; v4l2-ctl --list-devices (Debian package v4l-utils) lists those that are there.',
    );
  }
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw new UserError(
      'camera.device-access',
      `Camera ${id}: this user may not open ${device}.`,
      'Add the user to the group video (sudo usermod -aG video USER) and log in again.',
      { cause },
    );
  }
}

function unreachable(id: string, url: string, detail: string): UserError {
  return new UserError(
    'camera.unreachable',
    `Camera ${id} does not answer at ${new URL(url).host}: ${detail}.`,
    'Check its power, its network cable and the address in source.url.',
  );
}
