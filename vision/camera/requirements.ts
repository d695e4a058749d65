import { existsSync } from 'node:fs';
import { secretFrom, type Environment } from '../../config/secret.ts';
import { UserError } from '../../runtime/errors.ts';
import { isImageSequence } from './image-sequence.ts';
import type { CameraConfig, CameraLogin } from './pipeline-recipe.ts';

/** Makes sure that the video of a file source is there. @throws UserError `camera.file-missing` */
export function requireFile({ id, source }: CameraConfig): void {
  if (source.kind !== 'file' || isImageSequence(source.path) || existsSync(source.path)) return;
  throw new UserError(
    'camera.file-missing',
    `Camera ${id} plays ${source.path}, and there is no such file.`,
    'Correct source.path of this camera, or put the video there.',
  );
}

/**
 * The login of a network camera, from the environment variable that its configuration names.
 * @throws UserError when the variable is not set or is not `user:password`
 */
export function requireLogin({ source }: CameraConfig, environment: Environment): CameraLogin | undefined {
  if (source.kind !== 'rtsp' || source.credentials === undefined) return undefined;
  const [user = '', ...password] = secretFrom(environment, source.credentials).reveal().split(':');
  if (password.length === 0) {
    throw new UserError(
      'camera.login',
      `The environment variable ${source.credentials} is expected to hold user:password, but has no colon.`,
      `Set ${source.credentials} to the camera's user name, a colon, and its password.`,
    );
  }
  return { user, password: password.join(':') };
}
