import { createTheme, defaultVariantColorsResolver } from '@mantine/core'
import type { CSSVariablesResolver, MantineColorsTuple, VariantColorsResolver } from '@mantine/core'

// Ten steps from light to dark. Mantine's own grey and dark scales are replaced, so that its parts stand on paper too.
const ink: MantineColorsTuple = [
  '#f6f2ec',
  '#e9e3d9',
  '#d5ccbe',
  '#b5aa99',
  '#94897a',
  '#766c5f',
  '#5c5449',
  '#453e35',
  '#302b24',
  '#1f1b16',
]
const seal: MantineColorsTuple = [
  '#fdf0ec',
  '#fbe0d8',
  '#f5bfb1',
  '#ec9782',
  '#df6d53',
  '#cd4c32',
  '#b23420',
  '#97290f',
  '#7c200f',
  '#5f180c',
]
const teal: MantineColorsTuple = [
  '#e8f5f2',
  '#cfeae5',
  '#a0d5cb',
  '#6cbdb0',
  '#3fa294',
  '#1f867a',
  '#0b645b',
  '#08544c',
  '#06443e',
  '#04342f',
]
const amber: MantineColorsTuple = [
  '#fdf6e3',
  '#faeac4',
  '#f3d48a',
  '#ebbd52',
  '#d79f25',
  '#ab7809',
  '#7d5200',
  '#694500',
  '#553800',
  '#422b00',
]
const gray: MantineColorsTuple = [
  '#faf6ef',
  '#f2ece2',
  '#e9e1d4',
  '#e0d8ca',
  '#c4baa9',
  '#8b8172',
  '#665d51',
  '#4f483e',
  '#362f28',
  '#1f1b16',
]
const dark: MantineColorsTuple = [
  '#f2ede4',
  '#cfc7ba',
  '#b0a697',
  '#8d8272',
  '#4a4137',
  '#3a332b',
  '#28231e',
  '#1f1b17',
  '#171411',
  '#110f0c',
]

// Filled parts take their words' colour from the tokens: ink turns light in the dark theme, and its words dark with it.
const variantColorResolver: VariantColorsResolver = (input) => {
  const colours = defaultVariantColorsResolver(input)
  const colour = input.color ?? input.theme.primaryColor
  if (input.variant !== 'filled') return colours
  if (colour === 'ink') return { ...colours, background: 'var(--ink)', hover: 'var(--ink-2)', color: 'var(--surface)' }
  if (colour === 'seal') return { ...colours, background: 'var(--seal-solid)', color: 'var(--on-seal)' }
  return colours
}

/** Paper and ink, with the seal's vermilion for decisions alone. The tokens themselves stand in ui/tokens.css. */
export const theme = createTheme({
  colors: { ink, seal, teal, amber, gray, dark },
  white: '#fffdf9',
  black: '#1f1b16',
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 1 },
  autoContrast: true,
  variantColorResolver,
  defaultRadius: 4,
  fontFamily: 'var(--sans)',
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: 'var(--sans)', fontWeight: '650' },
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Popover: { defaultProps: { shadow: 'md' } },
    Menu: { defaultProps: { shadow: 'md' } },
  },
})

const shared = {
  '--mantine-color-body': 'var(--paper)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-3)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-placeholder': 'var(--ink-3)',
  '--mantine-color-error': 'var(--seal)',
  '--mantine-color-anchor': 'var(--ink)',
  '--mantine-color-seal-filled': 'var(--seal-solid)',
}

export const themeVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared })
