import type { FaceApiSource } from '../network-entry.ts';
import { faceLandmark68 } from './face-api/landmarks.ts';
import { faceRecognition } from './face-api/recognition.ts';
import { ssdMobilenetV1 } from './face-api/ssd-mobilenetv1.ts';
import { tinyFaceDetector } from './face-api/tiny-face-detector.ts';
import type { Weight } from './tfjs-weights.ts';

type Architecture = (weights: ReadonlyMap<string, Weight>) => Uint8Array;

/** face-api carries weights without a graph: the architectures are written down here, one a file. */
export const FACE_API_ARCHITECTURES: Readonly<Record<FaceApiSource['architecture'], Architecture>> = {
  'face-recognition': faceRecognition,
  'face-landmark-68': faceLandmark68,
  'ssd-mobilenetv1': ssdMobilenetV1,
  'tiny-face-detector': tinyFaceDetector,
};
