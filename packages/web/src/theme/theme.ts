import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** The one accent. Stages have colours of their own, in `tokens.css`. */
const iris: MantineColorsTuple = [
  '#f3f3ff',
  '#e4e4fb',
  '#c9c9f5',
  '#a9a9ec',
  '#8a8ae4',
  '#6e6ede',
  '#5b5bd6',
  '#4c4cc4',
  '#4040a8',
  '#33338a',
]

/** What Mantine takes its dark surfaces, lines and texts from: those of `tokens.css`. */
const slate: MantineColorsTuple = [
  '#eceae6',
  '#c9c7c2',
  '#a8a6a0',
  '#6b6a66',
  '#3c3f46',
  '#1e2024',
  '#17181b',
  '#17181b',
  '#101113',
  '#0b0c0e',
]

/** Mantine's own greys are blue; these are those of the paper. */
const stone: MantineColorsTuple = [
  '#fafaf8',
  '#f4f3f0',
  '#ecebe7',
  '#e4e3df',
  '#cfcdc7',
  '#a3a199',
  '#6f6d66',
  '#5c5a54',
  '#3d3c38',
  '#1f1e1b',
]

/**
 * Mantine locks the page's scroll with a style that the page's policy does not let in, and leaves
 * the button that closes without a name.
 */
const FLOATING = { lockScroll: false, closeButtonProps: { 'aria-label': 'Close' } } as const

/** Sizes are multiples of 4 px. Colours of surfaces, text and lines are in `tokens.css`. */
export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 6 },
  colors: { iris, dark: slate, gray: stone },
  autoContrast: true,
  luminanceThreshold: 0.35,
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '650' },
  defaultRadius: 'sm',
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 250, withArrow: false } },
    Modal: { defaultProps: { ...FLOATING, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { ...FLOATING, transitionProps: { duration: 120 } } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'md' } },
  },
})
