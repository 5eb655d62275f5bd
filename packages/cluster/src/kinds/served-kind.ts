/**
 * What the generic verbs need to know of a kind: its names, and a strategy of pure functions.
 * @upstream kubernetes staging/src/k8s.io/apiserver/pkg/registry/rest/create.go#RESTCreateStrategy
 */
import type { JsonObject } from '@argosy/base';
import type { FieldError, KubeObject, PrinterColumn, ScalePaths, StructuralSchema } from '@argosy/kube';

import type { WebhookClientConfig } from '../api/webhooks/post-to-webhook.ts';

/** A kind in one served version. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly listKind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Whether this is the version its group prefers. */
  readonly preferred: boolean;
  /** Name under which the store keeps the objects of all versions of this kind. */
  readonly storage: string;
  readonly statusSubresource: boolean;
  readonly scale?: ScalePaths;
  readonly schema?: StructuralSchema;
  /** Members objects have from the beginning, whoever creates them; absent: none. */
  readonly empty?: JsonObject;
  /** Those of them that are shown, whether or not anybody gave them. */
  readonly shownWhenEmpty?: JsonObject;
  readonly printerColumns?: readonly PrinterColumn[];
  /** Built-in kinds take strategic merge patches, custom ones do not. */
  readonly custom: boolean;
  /** What callers of a version that is on its way out are told. */
  readonly deprecation?: string;
  /** Verbs, where they are not the standard ones: kinds that are questions are only created, and never kept. */
  readonly verbs?: readonly string[];
  readonly strategy: KindStrategy;
  /** Who converts between versions; absent where a version is its apiVersion and nothing else. */
  readonly conversion?: WebhookConversion;
  /** Objects are shown as they are stored, whatever their version: for loops of this process that care for metadata alone. */
  readonly unconverted?: true;
}

/** Conversion by somebody else. */
export interface WebhookConversion {
  readonly clientConfig: WebhookClientConfig;
  /** The apiVersion objects are stored in now; some may have been stored in another before. */
  readonly storedAs: string;
  /** Takes away what the stored version does not know. */
  readonly prune: (object: KubeObject) => KubeObject;
}

/** The version under which loops of this process find objects of custom kinds as they are stored; nobody can define one of that name. */
export const UNCONVERTED = '(stored)';

/** How a kind differs from the others. All functions are pure and return new objects. */
export interface KindStrategy {
  /** Fills in what may be left out. */
  readonly default?: (object: KubeObject) => KubeObject;
  /** Findings; `previous` is present on updates. An object with findings is refused. */
  readonly validate?: (object: KubeObject, previous: KubeObject | undefined) => readonly FieldError[];
  /** Sets and takes away what users may not decide; runs after defaulting. */
  readonly prepare?: (object: KubeObject, previous: KubeObject | undefined) => KubeObject;
  /** Sets and takes away what writers of the status, or of another subresource, may not decide; `now` is a timestamp. */
  readonly prepareStatus?: (
    object: KubeObject,
    previous: KubeObject,
    of: { readonly subresource: string; readonly now: string },
  ) => KubeObject;
  /** Completes an object to be created that has its uid by now; runs last. */
  readonly complete?: (object: KubeObject) => KubeObject;
  /** Sentences for the user that refuse nothing. */
  readonly warn?: (object: KubeObject) => readonly string[];
  /** Paths and values field selectors may use besides name and namespace. */
  readonly selectableFields?: (object: KubeObject) => Readonly<Record<string, string>>;
  /** Rewrites from and to the stored form, for kinds served in several versions. */
  readonly fromStored?: (object: KubeObject) => KubeObject;
  readonly toStored?: (object: KubeObject) => KubeObject;
}

/** Verbs every resource has. */
export const STANDARD_VERBS: readonly string[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
