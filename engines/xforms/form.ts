// The form's public face: its shape and how it is built.
export * from './model.ts'
export { buildForm } from './read/build.ts'
export type { BuildOptions } from './read/settings.ts'
