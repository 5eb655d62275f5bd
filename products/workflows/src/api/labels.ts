/**
 * Labels and annotations of Argo Workflows, letter for letter. @spec WF-LBL
 */
const PREFIX = 'workflows.argoproj.io/';

export const LABEL_WORKFLOW = `${PREFIX}workflow`;
export const LABEL_COMPLETED = `${PREFIX}completed`;
export const LABEL_PHASE = `${PREFIX}phase`;
export const LABEL_ON_EXIT = `${PREFIX}on-exit`;
export const LABEL_WORKFLOW_TEMPLATE = `${PREFIX}workflow-template`;
export const LABEL_CLUSTER_WORKFLOW_TEMPLATE = `${PREFIX}cluster-workflow-template`;
export const LABEL_CRON_WORKFLOW = `${PREFIX}cron-workflow`;
/** On a cron workflow that has reached its stop strategy. */
export const LABEL_CRON_COMPLETED = 'cronworkflows.argoproj.io/completed';
export const ANNOTATION_LAST_SCHEDULE = 'cronworkflows.argoproj.io/last-used-schedule';
export const LABEL_RESUBMITTED_FROM = `${PREFIX}resubmitted-from-workflow`;
export const LABEL_REPORT_OUTPUTS_COMPLETED = `${PREFIX}report-outputs-completed`;
export const LABEL_CONFIG_MAP_TYPE = `${PREFIX}configmap-type`;
export const ANNOTATION_NODE_ID = `${PREFIX}node-id`;
export const ANNOTATION_NODE_NAME = `${PREFIX}node-name`;
export const ANNOTATION_SCHEDULED_TIME = `${PREFIX}scheduled-time`;
/** Ours: what caused an object. */
export const ANNOTATION_CAUSE = 'argosy.dev/cause';
/** Ours: its trace, as W3C writes it. */
export const ANNOTATION_TRACEPARENT = 'argosy.dev/traceparent';
