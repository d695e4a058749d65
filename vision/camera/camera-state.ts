import type { CameraId } from '../../runtime/ids.ts';
import type { CameraLossReason } from '../moments/moment.ts';

/** What became of a camera. Texts carry no credentials. */
export type CameraState = {
  readonly cameraId: CameraId;
  /** UTC, milliseconds since 1970. */
  readonly atMs: number;
} & (
  | { readonly kind: 'connected'; readonly width: number; readonly height: number }
  | ({ readonly kind: 'lost' } & CameraLoss)
  | { readonly kind: 'recovered'; readonly downSeconds: number; readonly attempts: number }
  /** The camera's own size is not the configured one; frames are scaled. Told once for each size found. */
  | { readonly kind: 'size-differs'; readonly found: PictureSize; readonly message: string }
);

export interface CameraLoss {
  readonly reason: CameraLossReason;
  /** What the camera or its driver said, in a sentence for the operator. */
  readonly detail: string;
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The warning about a camera whose picture has another size than configured.
 * @param place where the configured size stands, e.g. `config/demo/store.yaml (cameras[0].size)`
 */
export function sizeDifferenceMessage(
  cameraId: string,
  found: PictureSize,
  configured: PictureSize,
  place = 'the size in its configuration',
): string {
  return (
    `Camera ${cameraId} sends ${found.width}x${found.height}, its configuration says ` +
    `${configured.width}x${configured.height}: every frame is scaled. Change ${place} or the camera.`
  );
}
