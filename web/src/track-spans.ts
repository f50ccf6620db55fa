/** Stretches of time: what is known of the past, and what is still to be asked for. */

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** `spans` (in order, apart) with `span` joined in. */
export function join(spans: readonly Span[], span: Span): Span[] {
  if (span.toMs < span.fromMs) return [...spans];
  const apart = spans.filter((one) => one.toMs < span.fromMs || one.fromMs > span.toMs);
  const touched = spans.filter((one) => one.toMs >= span.fromMs && one.fromMs <= span.toMs);
  const fromMs = Math.min(span.fromMs, ...touched.map((one) => one.fromMs));
  const toMs = Math.max(span.toMs, ...touched.map((one) => one.toMs));
  return [...apart, { fromMs, toMs }].sort((one, other) => one.fromMs - other.fromMs);
}

/** What of `wanted` is in none of `known` (in order, apart); holes of at most `ignoredMs` are none. */
export function missing(wanted: Span, known: readonly Span[], ignoredMs: number): Span[] {
  const holes: Span[] = [];
  let fromMs = wanted.fromMs;
  for (const span of known) {
    if (span.toMs <= fromMs || span.fromMs >= wanted.toMs) continue;
    if (span.fromMs > fromMs) holes.push({ fromMs, toMs: span.fromMs });
    fromMs = span.toMs;
  }
  if (fromMs < wanted.toMs) holes.push({ fromMs, toMs: wanted.toMs });
  return holes.filter((hole) => hole.toMs - hole.fromMs > ignoredMs);
}

/** The same stretch in equal parts of at most `longestMs`. */
export function parts(span: Span, longestMs: number): Span[] {
  const count = Math.max(1, Math.ceil((span.toMs - span.fromMs) / longestMs));
  const length = (span.toMs - span.fromMs) / count;
  return Array.from({ length: count }, (_, at) => ({
    fromMs: Math.round(span.fromMs + at * length),
    toMs: Math.round(span.fromMs + (at + 1) * length),
  }));
}

/** The part of `span` within `bounds`; null when there is none. */
export function clip<T extends Span>(span: T, bounds: Span): T | null {
  const [fromMs, toMs] = [Math.max(span.fromMs, bounds.fromMs), Math.min(span.toMs, bounds.toMs)];
  return fromMs >= toMs ? null : { ...span, fromMs, toMs };
}
