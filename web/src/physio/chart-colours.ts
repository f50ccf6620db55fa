/** The charts' colours, read from the style sheet so that each theme is written down once. */

export interface ChartColours {
  readonly line: string;
  readonly grid: string;
  readonly text: string;
  readonly norm: string;
  readonly target: string;
  readonly targetBand: string;
  readonly rest: string;
  readonly valid: string;
  readonly partial: string;
  readonly surface: string;
  readonly font: string;
}

export function readChartColours(): ChartColours {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    line: value("accent"),
    grid: value("line"),
    text: value("text-muted"),
    norm: value("chart-norm"),
    target: value("good"),
    targetBand: value("chart-target"),
    rest: value("line-strong"),
    valid: value("good"),
    partial: value("chart-partial"),
    surface: value("surface"),
    font: `12px ${value("font")}`,
  };
}
