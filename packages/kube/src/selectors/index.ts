export {
  formatLabelSelector,
  matchesLabelSelector,
  matchesRequirements,
  toRequirements,
  type LabelRequirement,
  type LabelSelector,
} from './label-selector.ts';
