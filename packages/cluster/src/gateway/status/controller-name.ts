/** The name under which the gateway writes status. */
export const CONTROLLER_NAME = 'argosy.dev/gateway';

/** The class the embedded cluster offers. */
export const GATEWAY_CLASS_NAME = 'argosy';
