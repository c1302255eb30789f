// What the package gives: every function by its name. Types are in contract.ts.
export type * from './contract.ts'
export { agreementOf } from './agreement.ts'
export {
  betaCdf,
  betaQuantile,
  binomialCdf,
  gammaCdf,
  hypergeometricCdf,
  logGamma,
  normalCdf,
  normalQuantile,
  tCdf,
  tQuantile,
} from './distributions.ts'
export { acceptancePlan, decideAgainstLimit, passProbability } from './draw/acceptance.ts'
export { degreesOfFreedom, designVariance, isCensus } from './draw/design.ts'
export { randomFrom, sampleWithoutReplacement, shuffle, xoshiro128 } from './draw/random.ts'
export { resampled } from './draw/resample.ts'
export { ppsSystematicDraw, stratifiedDraw, twoStageDraw } from './draw/sample.ts'
export { clusterDesignEffect, neymanSizes, proportionalSizes, sampleSizeForProportion } from './draw/sample-size.ts'
export { sha256Hex, sha256Words } from './draw/sha256.ts'
export { logistic, logisticRegression } from './fit/logistic.ts'
export { leastSquares, needRows, ols, predict } from './fit/ols.ts'
export { surveyMean, surveyRatio, surveyTotal } from './mean.ts'
export { alkireFoster } from './multidimensional.ts'
export { fgt, fgtByGroup, fgtParts, gini, shareByGroup, watts } from './poverty.ts'
export {
  clopperPearsonInterval,
  designInterval,
  exactUpperLimit,
  stratifiedProportion,
  wilsonInterval,
} from './proportion.ts'
export { quantileClasses, weightedQuantile } from './quantiles.ts'
export { areaUnderCurve, selectTop, targeting } from './targeting.ts'
