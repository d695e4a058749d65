import { toCameraId } from '../../runtime/ids.ts';
import type { Camera, Networks, Recognition } from '../../config/schema.ts';
import type { CameraConfig } from '../camera/pipeline-recipe.ts';
import type { GalleryMember } from '../faces/gallery.ts';
import type { NetworkInUse } from '../faces/networks-in-use.ts';
import { startCameraThread } from './camera-thread.ts';
import { recordFigures, type DoorFigures } from './door-figures.ts';
import type { DoorOpened, DoorThreadData, ToDoorThread } from './door.thread.ts';
import type { Moment } from './moment.ts';

/** A door camera as configured; a simulated one has been turned into a file before. */
export type DoorCamera = CameraConfig & Pick<Camera, 'lanes' | 'entranceLine'>;

export interface DoorOptions {
  readonly camera: DoorCamera;
  readonly recognition: Recognition;
  readonly networks: Networks;
  /** Who is recognised from the first frame on; nobody, unless given. */
  readonly gallery?: readonly GalleryMember[];
  /** Where the camera's size stands in the configuration, for the warning about another one. */
  readonly sizePlace?: string;
  /** UTC at which a file at pace `fast` is taken to begin; now, unless given. */
  readonly fileStartedAtMs?: number;
  /** Hears every moment, in order, in the thread that started the door. */
  readonly onMoment: (moment: Moment) => void;
}

export interface Door {
  /** Templates must be of this space. */
  readonly space: string;
  readonly networks: readonly NetworkInUse[];
  readonly threshold: number;
  /** Takes effect with the frame that is being looked at; who is missing from it is a stranger at once. */
  updateGallery(members: readonly GalleryMember[]): void;
  close(): Promise<void>;
  /** Resolves after {@link close} and at the end of a file; rejects when the door's thread fails. */
  readonly closed: Promise<void>;
}

/**
 * Starts watching a door in a thread of its own: the networks compute on the thread that calls them.
 * @throws UserError when the camera or a network can't be opened, or a template is of another space
 */
export async function startDoor({ onMoment, gallery = [], ...options }: DoorOptions): Promise<Door> {
  const data: DoorThreadData = { ...options, gallery: gallery.map(plainMember) };
  const cameraId = toCameraId(options.camera.id);
  const { opened, send, close, closed } = await startCameraThread<DoorOpened, DoorFigures, ToDoorThread>({
    module: new URL('./door.thread.ts', import.meta.url),
    data,
    cameraId,
    onMoment,
    onFigures: (figures) => recordFigures(cameraId, figures),
  });
  return {
    ...opened,
    close,
    closed,
    updateGallery: (members) => send({ kind: 'gallery', members: members.map(plainMember) }),
  };
}

/** No more than the door needs: a vault's entry may carry other things. */
const plainMember = ({ subjectKey, templates }: GalleryMember): GalleryMember => ({ subjectKey, templates });
