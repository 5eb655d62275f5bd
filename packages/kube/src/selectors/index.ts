export {
  formatLabelSelector,
  matchesLabelSelector,
  matchesRequirements,
  toRequirements,
  type LabelRequirement,
  type LabelSelector,
} from './label-selector.ts';
export {
  matchesFieldSelector,
  parseFieldSelector,
  unsupportedSelectorField,
  type FieldRequirement,
} from './field-selector.ts';
export { parseLabelSelector } from './parse-label-selector.ts';
