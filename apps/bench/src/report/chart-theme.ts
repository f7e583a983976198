/** What lines and letters are drawn with: the colour of the text around the picture. */
export const ink = 'currentColor';

/** Takes its ink from the page around it, so that one picture serves light and dark. */
export const chartTheme = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: ink,
    titleColor: ink,
    titleFontWeight: 'normal',
    gridColor: ink,
    gridOpacity: 0.12,
    domainColor: ink,
    domainOpacity: 0.4,
    tickColor: ink,
    tickOpacity: 0.4,
    labelFontSize: 12,
    titleFontSize: 12,
  },
  legend: {
    labelColor: ink,
    labelFontSize: 12,
    orient: 'bottom',
    direction: 'horizontal',
    columns: 8,
    symbolType: 'stroke',
    symbolStrokeWidth: 3,
    symbolOpacity: 1,
  },
} as const;

/** One colour for each method in all charts; they stand out on white as on near-black. */
export const methodColors: Readonly<Record<string, string>> = {
  'head-only': '#9d755d',
  'bias-only': '#b279a2',
  'last-layers': '#eeca3b',
  'prompt-tuning': '#54a24b',
  'p-tuning': '#f58518',
  prefix: '#4c78a8',
  'p-tuning-v2': '#e45756',
  'full-fine-tuning': '#8f959e',
};
