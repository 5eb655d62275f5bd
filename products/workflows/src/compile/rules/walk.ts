/**
 * The walk over the templates of a workflow: what has been judged and what was found. Local to one validation.
 */
import type { Arguments, Template } from '../../api/template-schema.ts';
import type { TemplateCaller, WorkflowGraph } from '../workflow-graph.ts';
import type { Finding } from './finding.ts';
import type { KnownNames } from './known-names.ts';

/** The walk. Templates call each other, so the function that judges a call travels with it. */
export interface Walk {
  readonly graph: WorkflowGraph;
  readonly globals: KnownNames;
  readonly findings: Finding[];
  /** Templates that have been judged, by scope and name. */
  readonly visited: Set<string>;
  readonly judgeCall: (walk: Walk, call: Call) => Template | undefined;
}

/** One call of a template. */
export interface Call {
  /** Where the call stands, e.g. `templates.main.steps[0].a`. */
  readonly field: string;
  readonly caller: TemplateCaller;
  readonly scope: string;
  /** `any`: a template nobody calls; it is judged as if everything it asks for were given. */
  readonly arguments: Arguments | 'any';
}

/** A template being judged. */
export interface Body {
  readonly field: string;
  readonly template: Template;
  readonly scope: string;
}
