/**
 * Why an image is not there, in Kubernetes' reasons. @upstream kubernetes pkg/kubelet/images/types.go
 */

/** Reasons a container waits with because of its image. */
const IMAGE_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'InvalidImageName',
  'ImageInspectError',
]);

/** Whether a reason is about an image: those have told their own event. */
export const isImageReason = (reason: string): boolean => IMAGE_REASONS.has(reason);
