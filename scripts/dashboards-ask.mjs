// What panels ask Prometheus, of the nodes that were chosen above the board, and what each line is called.

/** @typedef {{ readonly expr: string, readonly legend: string }} Ask */

/** @param {string} expr @param {string} legend @returns {Ask} */
export const sum = (expr, legend) => ({ expr: total(expr), legend });

/** @param {string} expr @param {string} legend @returns {Ask} */
export const max = (expr, legend) => ({ expr: `max(${scoped(expr)})`, legend });

/** @param {string} counter @param {string} legend @returns {Ask} */
export const perSecond = (counter, legend) => sum(rate(counter), legend);

/** @param {string} counter @param {string} legend @returns {Ask} */
export const increase = (counter, legend) => sum(`increase(${counter}[$__rate_interval])`, legend);

/** A line for each value of the labels. @param {string} labels @param {string} expr @returns {Ask} */
export const sumBy = (labels, expr) => ({ expr: totalBy(labels, expr), legend: called(labels) });

/** @param {string} labels @param {string} expr @returns {Ask} */
export const maxBy = (labels, expr) => ({
  expr: `max by (${labels}) (${scoped(expr)})`,
  legend: called(labels),
});

/** @param {string} labels @param {string} counter @returns {Ask} */
export const perSecondBy = (labels, counter) => sumBy(labels, rate(counter));

/** Of all that a histogram saw within the rate's interval. @param {string} histogram @returns {Ask} */
export const mean = (histogram) => ({
  expr: `${total(rate(`${histogram}_sum`))} / ${total(rate(`${histogram}_count`))}`,
  legend: "mean",
});

/**
 * The median and the slowest of a hundred, of a histogram.
 * @param {string} histogram
 * @param {{ readonly of?: string, readonly by?: string, readonly as?: string }} [options]
 *   labels that are wanted; a label that tells lines apart; what stands before the lines' names
 * @returns {readonly Ask[]}
 */
export function quantiles(histogram, { of = "", by, as } = {}) {
  const labels = by === undefined ? "le" : `le, ${by}`;
  const counts = totalBy(labels, rate(`${histogram}_bucket${of}`));
  const names = [as, by === undefined ? undefined : called(by)].filter(Boolean);
  return [0.5, 0.99].map((quantile) => ({
    expr: `histogram_quantile(${quantile}, ${counts})`,
    legend: [...names, `p${quantile * 100}`].join(" "),
  }));
}

/** Where nothing happened there may be no series at all: that is 0, not unknown. @param {Ask} ask @returns {Ask} */
export const orZero = ({ expr, legend }) => ({ expr: `${expr} or on () vector(0)`, legend });

/** By the names of nodes: an address says nothing to people. @param {string} expr */
export const scoped = (expr) => `${expr} * on (instance) group_left (node) ${SCOPE}`;

/** @param {string} expr */
export const total = (expr) => `sum(${scoped(expr)})`;

/** @param {string} labels @param {string} expr */
export const totalBy = (labels, expr) => `sum by (${labels}) (${scoped(expr)})`;

/** @param {string} counter */
export const rate = (counter) => `rate(${counter}[$__rate_interval])`;

/** @param {string} labels */
const called = (labels) => labels.replaceAll(/(\w+),?/g, "{{$1}}");

const SCOPE = 'roundhouse_info{namespace=~"$namespace", node=~"$node"}';
