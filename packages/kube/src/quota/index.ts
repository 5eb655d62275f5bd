export { addAmounts, formatAmount, toAmounts, type Amounts } from './amounts.ts';
export { podAmounts } from './pod-resources.ts';
export { quotaCounts, quotaSelects, usageOf, type CountedObject } from './quota-usage.ts';
export { quotaRefusal } from './check-quota.ts';
export { claimLimitRefusals, podLimitRefusals, withContainerDefaults } from './limit-ranges.ts';
