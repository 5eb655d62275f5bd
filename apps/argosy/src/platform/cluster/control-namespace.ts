/** Namespace of the applications, as upstream's installation has it. */
export const CONTROL_NAMESPACE = 'argocd';
